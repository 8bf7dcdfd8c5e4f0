package import AWSProtocol
import Authorization
package import Operations
import Scheduling
package import Storage

/// Every way in which an operation of Secrets Manager can fail.
package enum SecretsManagerError: Error {
    /// Which value of a secret is not there.
    package enum AbsentValue: Sendable {
        case id(String)
        case stage(String)
    }

    // What a request names does not exist or cannot be read.
    /// The resource is nil where the text named none.
    case secretNotFound(ProtectedResource?)
    case valueNotFound(AbsentValue)
    case invalidName
    case invalidNextToken

    // What is there is in the way.
    case secretExists(SecretName)
    case versionExists(id: String, secret: String)
    case nameScheduledForDeletion
    case markedForDeletion
    case onReplica

    // The request is refused for what it says.
    case noToken
    case noValue
    case noRotator
    case stageNotOfVersion
    case invalidRequest(String)
    case invalidParameter(String)
    case tooManyTags
    case limitExceeded(String)
    case malformedPolicy(String)
    case publicPolicy
    /// A refusal that no policy decided, in the form of a denial.
    case denied(String)

    // KMS says no.
    case keyDenied
    case defaultKeyAcrossAccounts
    case encryptionFailure
    case decryptionFailure

    /// The store, or a library, failed: nothing the caller did.
    case storage(StorageError)
    case internalFailure
    /// The secret changed between authorization and work: the operation begins anew.
    case superseded
    /// The trail cannot be written: no audit, no change.
    case auditUnavailable
}

extension SecretsManagerError {
    /// What a refusal of KMS means to the caller of Secrets Manager.
    init(kms error: WireError, otherwise failure: SecretsManagerError) {
        switch error.code {
        case "AccessDeniedException": self = .keyDenied
        case WireError.auditUnavailable.code: self = .auditUnavailable
        default: self = error.fault == .server ? .internalFailure : failure
        }
    }
}

extension SecretsManagerError: SchedulingFailure {
    package var concernsOneRecord: Bool {
        switch self {
        case .auditUnavailable, .storage(.unavailable), .storage(.full), .storage(.closed): false
        default: true
        }
    }
}

// MARK: Wire

extension SecretsManagerError: OperationFailure {
    package var wire: WireError {
        let (code, message) = codeAndMessage
        switch self {
        case .storage, .internalFailure, .superseded:
            return WireError(code: code, message: message, httpStatus: 500)
        case .auditUnavailable: return .auditUnavailable
        default: return WireError(code: code, message: message, httpStatus: 400)
        }
    }

    package var isSuperseded: Bool {
        if case .superseded = self { true } else { false }
    }

    package var absentResource: ProtectedResource? {
        if case .secretNotFound(let resource) = self { resource } else { nil }
    }

    /// The codes and texts of Secrets Manager; texts as recorded from the service where they are known.
    private var codeAndMessage: (code: String, message: String?) {
        switch self {
        case .secretNotFound, .valueNotFound: absence
        case .secretExists(let name):
            (
                "ResourceExistsException",
                "The operation failed because the secret \(name) already exists."
            )
        case .versionExists(let id, let secret):
            (
                "ResourceExistsException",
                "You can't use ClientRequestToken \(id) because that value is already in use for a version of "
                    + "secret \(secret)."
            )
        case .nameScheduledForDeletion, .markedForDeletion, .onReplica, .noToken, .noValue,
            .noRotator, .stageNotOfVersion, .invalidRequest, .defaultKeyAcrossAccounts:
            ("InvalidRequestException", requestFault)
        case .invalidName:
            (
                "ValidationException",
                "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
                    + "following: -/_+=.@!"
            )
        case .invalidParameter(let text): ("InvalidParameterException", text)
        case .tooManyTags:
            (
                "InvalidParameterException",
                "A secret can have at most \(SecretTag.perSecretMax) tags."
            )
        case .limitExceeded(let text): ("LimitExceededException", text)
        default: others
        }
    }

    private var absence: (String, String?) {
        let start = "Secrets Manager can't find the specified secret"
        return switch self {
        case .valueNotFound(.id(let id)): ("ResourceNotFoundException", "\(start) value for VersionId: \(id)")
        case .valueNotFound(.stage(let stage)):
            ("ResourceNotFoundException", "\(start) value for staging label: \(stage)")
        default: ("ResourceNotFoundException", "\(start).")
        }
    }

    private var requestFault: String? {
        switch self {
        case .nameScheduledForDeletion:
            "You can't create this secret because a secret with this name is already scheduled for deletion."
        case .markedForDeletion:
            "You can't perform this operation on the secret because it was marked for deletion."
        case .onReplica:
            "Operation not permitted on a replica secret. Call must be made in primary secret's region."
        case .noToken: "You must provide a ClientRequestToken value. We recommend a UUID-type value."
        case .noRotator: "No Lambda rotation function ARN is associated with this secret."
        case .noValue: "You must provide either SecretString or SecretBinary."
        case .stageNotOfVersion:
            "You provided a VersionStage that is not associated to the provided VersionId."
        case .defaultKeyAcrossAccounts:
            "You can't access a secret from a different AWS account if you encrypt the secret with the "
                + "default KMS service key."
        case .invalidRequest(let text): text
        default: nil
        }
    }

    private var others: (String, String?) {
        switch self {
        case .invalidNextToken: ("InvalidNextTokenException", "The NextToken value is invalid.")
        case .malformedPolicy(let text): ("MalformedPolicyDocumentException", text)
        case .publicPolicy:
            (
                "PublicPolicyException",
                "You can't attach a resource policy that grants broad access to the secret."
            )
        case .denied(let text): ("AccessDeniedException", text)
        case .keyDenied: ("AccessDeniedException", "Access to KMS is not allowed")
        case .encryptionFailure:
            (
                "EncryptionFailure",
                "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check "
                    + "that the KMS key is available, enabled, and not in an invalid state."
            )
        case .decryptionFailure:
            (
                "DecryptionFailure",
                "Secrets Manager can't decrypt the protected secret text using the provided KMS key."
            )
        default: ("InternalServiceError", "An error occurred on the server side.")
        }
    }
}
