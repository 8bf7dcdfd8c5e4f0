package import AWSProtocol
package import Operations
package import Trail

/// Every way in which an operation of CloudTrail can fail.
package enum CloudTrailError: Error {
    // Lookups.
    case invalidLookupAttributes(String)
    case invalidTimeRange
    case invalidMaxResults(Int)
    case invalidNextToken

    // Trails.
    case invalidTrailName(String)
    case invalidARN(String)
    case trailNotFound(TrailLocator)
    case bucketNotFound(String)
    case invalidBucketName(String)
    case invalidPrefix
    case invalidTopicName
    case organizationsNotInUse
    case logGroupsUnavailable
    case invalidParameter(String)
    case invalidParameterCombination(String)
    case invalidEventSelectors(String)
    case invalidInsightSelectors(String)

    // Tags.
    case resourceNotFound(String)
    case resourceTypeNotSupported(String)
    case invalidTag(String)
    case tagsLimitExceeded

    /// A token of a list that gives none.
    case invalidToken
    /// The trail's files cannot be read: nothing the caller did.
    case trail(TrailError)
    case internalFailure
}

// MARK: Wire

extension CloudTrailError: OperationFailure {
    package var wire: WireError {
        let (code, message) = codeAndMessage
        switch self {
        case .trail, .internalFailure: return WireError(code: code, message: message, httpStatus: 500)
        default: return WireError(code: code, message: message, httpStatus: 400)
        }
    }

    package var isSuperseded: Bool { false }

    package var absentResource: ProtectedResource? {
        guard case .trailNotFound(let trail) = self else { return nil }
        return ProtectedResource(arn: trail.arn, account: trail.account, type: TrailLocator.resourceType)
    }

    private var codeAndMessage: (code: String, message: String?) {
        switch self {
        case .invalidLookupAttributes(let text): ("InvalidLookupAttributesException", text)
        case .invalidTimeRange:
            ("InvalidTimeRangeException", "The start time must not be after the end time.")
        case .invalidMaxResults(let number):
            ("InvalidMaxResultsException", "MaxResults must be between 1 and 50; \(number) is not.")
        case .invalidNextToken:
            ("InvalidNextTokenException", "The NextToken is not one of a lookup with these parameters.")
        case .invalidTrailName(let text): ("InvalidTrailNameException", text)
        case .invalidARN(let text):
            ("CloudTrailARNInvalidException", "\(text.prefix(256)) is not a valid ARN of a trail.")
        case .trailNotFound(let trail):
            ("TrailNotFoundException", "Unknown trail: \(trail.arn) for the user: \(trail.account)")
        default: others
        }
    }

    private var others: (String, String?) {
        switch self {
        case .bucketNotFound(let name): ("S3BucketDoesNotExistException", "S3 bucket \(name) does not exist!")
        case .invalidBucketName(let text): ("InvalidS3BucketNameException", text)
        case .invalidPrefix:
            ("InvalidS3PrefixException", "An S3 key prefix must have no more than 200 characters.")
        case .invalidTopicName:
            ("InvalidSnsTopicNameException", "An SNS topic name must have no more than 256 characters.")
        case .organizationsNotInUse:
            ("OrganizationsNotInUseException", "This deployment has no AWS Organizations.")
        case .logGroupsUnavailable:
            ("CloudWatchLogsDeliveryUnavailableException", "This deployment has no CloudWatch Logs.")
        case .invalidParameter(let text): ("InvalidParameterException", text)
        case .invalidParameterCombination(let text): ("InvalidParameterCombinationException", text)
        case .invalidEventSelectors(let text): ("InvalidEventSelectorsException", text)
        case .invalidInsightSelectors(let text): ("InvalidInsightSelectorsException", text)
        case .resourceNotFound(let text): ("ResourceNotFoundException", "\(text) does not exist.")
        case .resourceTypeNotSupported(let text):
            ("ResourceTypeNotSupportedException", "\(text) is not the ARN of a trail.")
        case .invalidTag(let text): ("InvalidTagParameterException", text)
        case .tagsLimitExceeded:
            ("TagsLimitExceededException", "A trail can have at most \(ResourceTag.perResourceMax) tags.")
        case .invalidToken: ("InvalidTokenException", "The NextToken is not one of this list.")
        default: ("InternalFailure", "The request processing has failed because of an unknown error.")
        }
    }
}
