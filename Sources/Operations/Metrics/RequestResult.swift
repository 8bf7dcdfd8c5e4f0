package import AWSProtocol

/// What a request came to, in the few classes that metrics tell apart.
///
/// A new error code is counted in one of them and never makes a series of its own.
package enum RequestResult: Int, CaseIterable, Sendable {
    case success
    /// The caller is not known, is not who it says, or may not do it.
    case denied
    /// The request is wrong, or what it asks for is not there or not in the right state.
    case invalid
    /// The caller asks too often.
    case throttled
    /// The server could not do what it should have: every answer of 500 and above that is no throttling.
    case failed

    /// How many there are, without making a list of them.
    static var count: Int { 5 }

    /// The class of an error; nil stands for success.
    package init(errorCode: String?, status: Int) {
        guard let errorCode else {
            self = .success
            return
        }
        self =
            if status == 429 || Self.throttling.contains(errorCode) {
                .throttled
            } else if status >= 500 {
                .failed
            } else if status == 401 || status == 403 || Self.denials.contains(errorCode) {
                .denied
            } else {
                .invalid
            }
    }

    package init(_ error: WireError) {
        self.init(errorCode: error.code, status: error.httpStatus)
    }

    /// The value of the label `result`.
    package var label: String {
        switch self {
        case .success: "success"
        case .denied: "denied"
        case .invalid: "invalid"
        case .throttled: "throttled"
        case .failed: "failed"
        }
    }

    /// What SDKs take for throttling (botocore, `retries/standard.py`), as far as services here can say it.
    private static let throttling: Set<String> = [
        "ThrottlingException", "Throttling", "ThrottledException", "RequestThrottledException",
        "RequestThrottled", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown",
    ]

    /// Denials that the JSON protocol answers with 400.
    private static let denials: Set<String> = [
        "AccessDeniedException", "AccessDenied", "MissingAuthenticationTokenException",
        "IncompleteSignatureException", "InvalidSignatureException", "UnrecognizedClientException",
        "ExpiredTokenException", "InvalidClientTokenId",
    ]
}

/// Which way a request was answered.
package enum RequestLane: Int, CaseIterable, Sendable {
    /// On its event loop, from what was in memory.
    case fast
    /// In a task that may wait.
    case slow

    /// How many there are, without making a list of them.
    static var count: Int { 2 }

    /// The value of the label `lane`.
    package var label: String {
        switch self {
        case .fast: "fast"
        case .slow: "slow"
        }
    }
}
