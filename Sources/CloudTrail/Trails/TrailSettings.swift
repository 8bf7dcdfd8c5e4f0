import Operations

/// Checks what a request says of a trail that is to be made or changed, in the order in which AWS's errors come.
enum TrailSettings {
    static let errors = [
        "S3BucketDoesNotExistException", "InvalidS3BucketNameException", "InvalidS3PrefixException",
        "InvalidSnsTopicNameException", "InvalidParameterCombinationException", "InvalidParameterException",
        "CloudWatchLogsDeliveryUnavailableException", "OrganizationsNotInUseException",
        "InvalidTrailNameException",
    ]

    static func check(_ input: Input) throws(CloudTrailError) {
        if let bucket = input.string("S3BucketName") { try check(bucket: bucket) }
        if let prefix = input.string("S3KeyPrefix"), prefix.unicodeScalars.count > 200 {
            throw .invalidPrefix
        }
        if let topic = input.string("SnsTopicName"), topic.isEmpty || topic.unicodeScalars.count > 256 {
            throw .invalidTopicName
        }
        if input.flag("IsOrganizationTrail") { throw .organizationsNotInUse }
        if input.flag("IsMultiRegionTrail"), input.isFalse("IncludeGlobalServiceEvents") {
            throw .invalidParameterCombination("Multi-Region trail must include global service events.")
        }
        if input.string("CloudWatchLogsLogGroupArn") != nil || input.string("CloudWatchLogsRoleArn") != nil {
            throw .logGroupsUnavailable
        }
    }

    /// Source: Amazon S3 User Guide, "General purpose bucket naming rules".
    private static func check(bucket name: String) throws(CloudTrailError) {
        let scalars = Array(name.unicodeScalars)
        guard (3...63).contains(scalars.count) else {
            throw .invalidBucketName("Bucket name should be between 3 and 63 characters long")
        }
        guard
            scalars.allSatisfy({
                ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" || $0 == "."
            }),
            scalars.first?.isASCIIAlphanumeric == true, scalars.last?.isASCIIAlphanumeric == true,
            !name.contains("..")
        else { throw .invalidBucketName("Bucket name \(name) is not valid.") }
    }
}

extension Input {
    /// Whether a flag was sent as false, which a flag that was not sent is not.
    fileprivate func isFalse(_ name: String) -> Bool { has(name) && !flag(name) }
}
