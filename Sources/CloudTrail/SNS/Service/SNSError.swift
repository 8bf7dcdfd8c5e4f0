package import AWSProtocol
package import Operations
package import Storage

/// Every way in which an operation of SNS can fail.
package enum SNSError: Error {
    case topicNotFound(TopicLocator)
    case subscriptionNotFound
    /// A tagging operation names no topic.
    case resourceNotFound
    /// A sentence that follows "Invalid parameter: ".
    case invalidParameter(String)
    case authorization(String)
    case topicLimit
    case subscriptionLimit
    case tagLimit
    case batch(BatchFault)
    /// The queue of deliveries is full.
    case throttled
    case concurrentAccess
    case storage(StorageError)
    case internalFailure

    /// What is wrong with a batch as a whole.
    package enum BatchFault: String, Hashable, Sendable {
        case empty = "EmptyBatchRequest"
        case tooMany = "TooManyEntriesInBatchRequest"
        case notDistinct = "BatchEntryIdsNotDistinct"
        case invalidID = "InvalidBatchEntryId"
        case tooLong = "BatchRequestTooLong"
    }
}

extension SNSError: OperationFailure {
    package var wire: WireError {
        let (code, message, status) = codeMessageStatus
        return WireError(code: code, message: message, httpStatus: status)
    }

    package var absentResource: ProtectedResource? {
        guard case .topicNotFound(let topic) = self else { return nil }
        return ProtectedResource(arn: topic.arn, account: topic.account, type: TopicLocator.resourceType)
    }

    package var isSuperseded: Bool { false }

    /// For the log; it holds no message and no secret.
    var reason: String {
        switch self {
        case .storage(let error): error.description
        default: wire.message ?? wire.code
        }
    }

    private var codeMessageStatus: (String, String, Int) {
        switch self {
        case .topicNotFound: ("NotFound", "Topic does not exist", 404)
        case .subscriptionNotFound: ("NotFound", "Subscription does not exist", 404)
        case .resourceNotFound: ("ResourceNotFound", "Resource does not exist", 404)
        case .invalidParameter(let text): ("InvalidParameter", "Invalid parameter: \(text)", 400)
        case .authorization(let text): ("AuthorizationError", text, 403)
        case .topicLimit:
            ("TopicLimitExceeded", "The account has as many topics as it may have in this Region.", 403)
        case .subscriptionLimit:
            (
                "SubscriptionLimitExceeded",
                "The topic has as many subscriptions as it may have: \(Subscription.perTopicMax).", 403
            )
        case .tagLimit: ("TagLimitExceeded", TagFault.tooMany.sentence, 400)
        case .batch(let fault): (fault.rawValue, fault.sentence, 400)
        case .throttled: ("Throttled", "The queue of deliveries is full; try again later.", 429)
        case .concurrentAccess:
            ("ConcurrentAccess", "The topic was changed by others at the same time; try again.", 400)
        case .storage, .internalFailure: ("InternalError", "An internal error occurred.", 500)
        }
    }
}

extension SNSError.BatchFault {
    fileprivate var sentence: String {
        switch self {
        case .empty: "The batch request doesn't contain any entries."
        case .tooMany: "The batch request contains more entries than permissible."
        case .notDistinct: "Two or more batch entries in the request have the same Id."
        case .invalidID: "The Id of a batch entry in a batch request doesn't abide by the specification."
        case .tooLong: "The length of all the messages put together is more than the limit."
        }
    }
}
