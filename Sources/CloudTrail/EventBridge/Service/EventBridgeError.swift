package import AWSProtocol
package import Operations
package import Storage

/// Every way in which an operation of EventBridge can fail.
package enum EventBridgeError: Error {
    case ruleNotFound(String)
    case busNotFound(String)
    case resourceNotFound(String)
    case invalidPattern(EventPatternError)
    case validation(String)
    case limitExceeded(String)
    /// The rule was changed by others again and again.
    case concurrentModification(String)
    case storage(StorageError)
    case internalFailure
}

extension EventBridgeError: OperationFailure {
    package var wire: WireError {
        let (code, message, status) = codeMessageStatus
        return WireError(code: code, message: message, httpStatus: status)
    }

    package var absentResource: ProtectedResource? { nil }

    package var isSuperseded: Bool { false }

    private var codeMessageStatus: (String, String?, Int) {
        switch self {
        case .ruleNotFound(let name):
            ("ResourceNotFoundException", "Rule \(name) does not exist on EventBus default.", 400)
        case .busNotFound(let name): ("ResourceNotFoundException", "Event bus \(name) does not exist.", 400)
        case .resourceNotFound(let arn): ("ResourceNotFoundException", "\(arn) does not exist.", 400)
        case .invalidPattern(let error):
            ("InvalidEventPatternException", "Event pattern is not valid. Reason: \(error)", 400)
        case .validation(let text): ("ValidationException", text, 400)
        case .limitExceeded(let text): ("LimitExceededException", text, 400)
        case .concurrentModification(let name):
            ("ConcurrentModificationException", "Rule \(name) was modified concurrently", 400)
        case .storage, .internalFailure:
            ("InternalException", "This exception occurs due to unexpected causes.", 500)
        }
    }
}
