import CPKCS11

/// What a Cryptoki function answered (PKCS #11 v2.40, section 5.1), by its name in the standard.
struct CryptokiReturn: Equatable, Sendable {
    let code: CK_RV

    static let ok = CryptokiReturn(code: 0)
    static let alreadyInitialized = CryptokiReturn(code: 0x191)
    static let alreadyLoggedIn = CryptokiReturn(code: 0x100)

    /// The operator's sentence about a failure in a step; the token's own words are only a number.
    func error(_ step: String) -> SealError {
        switch code {
        case 0xA0: .denied(reason: "the PIN is wrong (CKR_PIN_INCORRECT)")
        case 0xA1, 0xA2: .denied(reason: "the token takes no such PIN (\(name))")
        case 0xA3: .denied(reason: "the PIN has expired (CKR_PIN_EXPIRED)")
        case 0xA4: .denied(reason: "the PIN is locked (CKR_PIN_LOCKED); the security officer can reset it")
        case 0x102: .denied(reason: "the token's user PIN was never set (CKR_USER_PIN_NOT_INITIALIZED)")
        case 0x40, 0x41: .refused
        case 0x70, 0x71: .denied(reason: "the token cannot do AES-GCM as asked (\(name)) to \(step)")
        case 0x32, 0xE0, 0xE1, 0xB0, 0xB3:
            .unavailable(reason: "the token was removed or went away (\(name)) when asked to \(step)")
        default: .unavailable(reason: "the token could not \(step) (\(name))")
        }
    }

    private var name: String { Self.names[code] ?? "CKR 0x\(String(code, radix: 16))" }

    private static let names: [CK_RV: String] = [
        0x2: "CKR_HOST_MEMORY", 0x3: "CKR_SLOT_ID_INVALID", 0x5: "CKR_GENERAL_ERROR",
        0x6: "CKR_FUNCTION_FAILED", 0x7: "CKR_ARGUMENTS_BAD", 0xA: "CKR_CANT_LOCK",
        0x13: "CKR_ATTRIBUTE_VALUE_INVALID", 0x12: "CKR_ATTRIBUTE_TYPE_INVALID", 0x20: "CKR_DATA_INVALID",
        0x21: "CKR_DATA_LEN_RANGE", 0x30: "CKR_DEVICE_ERROR", 0x31: "CKR_DEVICE_MEMORY",
        0x32: "CKR_DEVICE_REMOVED", 0x54: "CKR_FUNCTION_NOT_SUPPORTED", 0x60: "CKR_KEY_HANDLE_INVALID",
        0x63: "CKR_KEY_TYPE_INCONSISTENT", 0x68: "CKR_KEY_FUNCTION_NOT_PERMITTED",
        0x70: "CKR_MECHANISM_INVALID", 0x71: "CKR_MECHANISM_PARAM_INVALID", 0xA1: "CKR_PIN_INVALID",
        0xA2: "CKR_PIN_LEN_RANGE", 0xB0: "CKR_SESSION_CLOSED", 0xB1: "CKR_SESSION_COUNT",
        0xB3: "CKR_SESSION_HANDLE_INVALID", 0xB5: "CKR_SESSION_READ_ONLY", 0xD0: "CKR_TEMPLATE_INCOMPLETE",
        0xD1: "CKR_TEMPLATE_INCONSISTENT", 0xE0: "CKR_TOKEN_NOT_PRESENT",
        0xE1: "CKR_TOKEN_NOT_RECOGNIZED", 0xE2: "CKR_TOKEN_WRITE_PROTECTED",
        0x101: "CKR_USER_NOT_LOGGED_IN", 0x190: "CKR_CRYPTOKI_NOT_INITIALIZED",
    ]
}
