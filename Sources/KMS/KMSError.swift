package import AWSProtocol
package import Cryptography
package import Operations
package import Storage

/// Every way in which a KMS operation can fail.
package enum KMSError: Error {
    // What a request names does not exist or cannot be read.
    case keyNotFound(KeyLocator, AccountID)
    case invalidKeyID(String)
    case foreignRegion(String)
    case aliasNotFound(AliasLocator)
    case invalidARN(String)
    case unknownCiphertextKey

    // The key is in the wrong state.
    case disabled(KeyARN)
    case pendingDeletion(KeyARN)
    case notPendingDeletion(KeyARN)
    case pendingImport(KeyARN)

    // The key is of the wrong kind.
    case originNotValid(KeyARN, KeyOrigin)
    case usageNotValid(KeyARN, KeyUsage, operation: String)
    case incompatible(algorithm: String, KeySpec)
    case asymmetricDataKey
    case notMultiRegionPrimary(KeyARN)
    case incorrectKey
    /// `UnsupportedOperationException`, with or without a text.
    case unsupported(String?)

    // The request is refused for what it says.
    case validation(String?)
    case malformedPolicy(String)
    case tag(TagFault)
    case invalidAliasName(String)
    case aliasExists(AliasLocator)
    case keyExists(KeyARN)
    case invalidGrantToken
    case invalidGrantID
    case grantNotFound(GrantID)
    /// A refusal that no policy decided, in the form of a denial.
    case denied(String)
    case invalidMarker
    case limitExceeded(String)
    case conflict(String)
    case dryRun

    // The cryptography says no.
    case invalidCiphertext
    case invalidSignature
    case invalidMAC

    // Imported material.
    case invalidImportToken
    case expiredImportToken
    case incorrectKeyMaterial(String)
    case materialState(String)
    case materialNotFound(KeyMaterialID, KeyARN)

    /// The store, or a library, failed: nothing the caller did.
    case storage(StorageError)
    case internalFailure
    /// An alias or key changed between authorization and work: the operation begins anew.
    case superseded
    /// The trail cannot be written: no audit, no change.
    case auditUnavailable
}

extension KMSError {
    /// The refusal of everything that concerns custom key stores.
    static let customKeyStores = KMSError.unsupported(
        "Custom key stores are not supported by this deployment."
    )
}

/// What is wrong with a request's tags.
package enum TagFault: Sendable {
    case duplicateKeys
    case tooMany
    case reservedPrefix
}

// MARK: Wire

extension KMSError: OperationFailure {
    package var wire: WireError {
        let (code, message) = codeAndMessage
        switch self {
        case .storage, .internalFailure, .superseded, .auditUnavailable:
            return WireError(code: code, message: message, httpStatus: 500)
        default:
            return WireError(code: code, message: message, httpStatus: 400)
        }
    }

    package var isSuperseded: Bool {
        if case .superseded = self { true } else { false }
    }

    package var absentResource: ProtectedResource? {
        switch self {
        case .keyNotFound(let locator, let account):
            ProtectedResource(
                arn: KeyARN(locator, account).description,
                account: account,
                type: KeyARN.resourceType
            )
        case .aliasNotFound(let alias):
            ProtectedResource(arn: alias.arn, account: alias.account, type: AliasLocator.resourceType)
        default: nil
        }
    }

    /// The codes and texts of AWS KMS; texts as recorded from the service.
    private var codeAndMessage: (code: String, message: String?) {
        switch self {
        case .keyNotFound, .invalidKeyID, .foreignRegion, .aliasNotFound, .invalidARN, .unknownCiphertextKey,
            .grantNotFound, .materialNotFound:
            absence
        case .disabled, .pendingDeletion, .notPendingDeletion, .pendingImport, .materialState:
            stateFault
        case .originNotValid, .usageNotValid, .incompatible, .asymmetricDataKey, .notMultiRegionPrimary,
            .incorrectKey, .unsupported:
            kindFault
        case .validation, .malformedPolicy, .tag, .invalidAliasName, .aliasExists, .keyExists,
            .invalidGrantToken, .invalidGrantID, .invalidMarker, .limitExceeded, .conflict, .dryRun,
            .denied:
            requestFault
        case .invalidCiphertext: ("InvalidCiphertextException", nil)
        case .invalidSignature: ("KMSInvalidSignatureException", nil)
        case .invalidMAC: ("KMSInvalidMacException", nil)
        case .invalidImportToken: ("InvalidImportTokenException", nil)
        case .expiredImportToken: ("ExpiredImportTokenException", nil)
        case .incorrectKeyMaterial(let text): ("IncorrectKeyMaterialException", text)
        case .storage, .internalFailure, .superseded, .auditUnavailable:
            ("KMSInternalException", "The request was rejected because an internal exception occurred.")
        }
    }

    private var absence: (String, String?) {
        switch self {
        case .keyNotFound(let locator, let account):
            ("NotFoundException", "Key '\(KeyARN(locator, account))' does not exist")
        case .invalidKeyID(let text): ("NotFoundException", "Invalid keyId '\(text)'")
        case .foreignRegion(let region): ("NotFoundException", "Invalid arn \(region)")
        case .aliasNotFound(let alias): ("NotFoundException", "Alias \(alias.arn) is not found.")
        case .invalidARN(let text): ("InvalidArnException", "Invalid arn \(text)")
        case .grantNotFound(let id): ("NotFoundException", "Grant ID \(id) not found")
        case .materialNotFound(let id, let key):
            ("NotFoundException", "Key material \(id) is not associated with \(key).")
        default:
            (
                "AccessDeniedException",
                "The ciphertext refers to a customer master key that does not exist, "
                    + "does not exist in this region, or you are not allowed to access."
            )
        }
    }

    private var stateFault: (String, String?) {
        switch self {
        case .disabled(let key): ("DisabledException", "\(key) is disabled.")
        case .pendingDeletion(let key): ("KMSInvalidStateException", "\(key) is pending deletion.")
        case .notPendingDeletion(let key):
            ("KMSInvalidStateException", "\(key) is not pending deletion (or pending replica deletion).")
        case .pendingImport(let key): ("KMSInvalidStateException", "\(key) is pending import.")
        case .materialState(let text): ("KMSInvalidStateException", text)
        default: ("KMSInvalidStateException", nil)
        }
    }

    private var kindFault: (String, String?) {
        switch self {
        case .originNotValid(let key, let origin):
            (
                "UnsupportedOperationException",
                "\(key) origin is \(origin.rawValue) which is not valid for this operation."
            )
        case .usageNotValid(let key, let usage, let operation):
            (
                "InvalidKeyUsageException",
                "\(key) key usage is \(usage.rawValue) which is not valid for \(operation)."
            )
        case .incompatible(let algorithm, let spec):
            (
                "InvalidKeyUsageException",
                "Algorithm \(algorithm) is incompatible with key spec \(spec.rawValue)."
            )
        case .asymmetricDataKey:
            ("InvalidKeyUsageException", "You cannot generate a data key with an asymmetric CMK")
        case .notMultiRegionPrimary(let key):
            ("UnsupportedOperationException", "\(key) is not a multi-region primary key.")
        case .incorrectKey:
            (
                "IncorrectKeyException",
                "The key ID in the request does not identify a CMK that can perform this operation."
            )
        case .unsupported(let text): ("UnsupportedOperationException", text)
        default: ("UnsupportedOperationException", nil)
        }
    }

    private var requestFault: (String, String?) {
        switch self {
        case .validation(let text): ("ValidationException", text)
        case .malformedPolicy(let text): ("MalformedPolicyDocumentException", text)
        case .tag(.duplicateKeys): ("TagException", "Duplicate tag keys")
        case .tag(.tooMany): ("TagException", "Too many tags")
        case .tag(.reservedPrefix): ("TagException", "Tags beginning with aws: are reserved")
        case .invalidAliasName(let text): ("InvalidAliasNameException", text)
        case .aliasExists(let alias):
            ("AlreadyExistsException", "An alias with the name \(alias.arn) already exists")
        case .keyExists(let key): ("AlreadyExistsException", "\(key) already exists.")
        case .invalidGrantToken: ("InvalidGrantTokenException", nil)
        case .invalidGrantID: ("InvalidGrantIdException", nil)
        case .invalidMarker: ("InvalidMarkerException", nil)
        case .limitExceeded(let text): ("LimitExceededException", text)
        case .denied(let text): ("AccessDeniedException", text)
        case .conflict(let text): ("ConflictException", text)
        case .dryRun:
            (
                "DryRunOperationException",
                "The request would have succeeded, but the DryRun option is set."
            )
        default: ("ValidationException", nil)
        }
    }
}
