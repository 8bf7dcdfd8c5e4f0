import Cryptography
import Operations

/// The shapes of KMS requests that more than one operation uses, as the service model names and bounds them.
extension Shape {
    static let keyID = Shape.string(length: 1...2048)
    static let alias = Shape.string(length: 1...256, pattern: .nameWithSlashes)
    static let arn = Shape.string(length: 20...2048)
    static let description = Shape.string(length: 0...8192)
    static let plaintext = Shape.blob(length: 1...4096, isSensitive: true)
    static let ciphertext = Shape.blob(length: 1...6144)
    static let publicKey = Shape.blob(length: 1...8192)
    static let policy = Shape.string(length: 1...131_072, pattern: .policyText)
    static let policyName = Shape.string(length: 1...128, pattern: .words)
    static let principal = Shape.string(length: 1...256, pattern: .principal)
    static let grantID = Shape.string(length: 1...128)
    static let grantName = Shape.string(length: 1...256, pattern: .nameWithSlashes)
    /// A grant token gives its bearer nothing new here, but is kept out of audit events all the same.
    static let grantToken = Shape.string(length: 1...8192, isSensitive: true)
    static let grantTokens = Shape.list(.grantToken, length: 0...10)
    static let limit = Shape.integer(1...1000)
    static let marker = Shape.string(length: 1...1024, pattern: .latin)
    static let region = Shape.string(length: 1...32, pattern: .region)
    static let numberOfBytes = Shape.integer(1...1024)
    static let materialID = Shape.string(length: 64...64, pattern: .lowerHex)
    static let customKeyStoreID = Shape.string(length: 1...64)
    static let tags = Shape.list(
        .structure([
            .required("TagKey", .string(length: 1...128)), .required("TagValue", .string(length: 0...256)),
        ])
    )
    static let tagKeys = Shape.list(.string(length: 1...128))
    static let recipient = Shape.structure([
        .optional("KeyEncryptionAlgorithm", .enumeration(["RSAES_OAEP_SHA_256"])),
        .optional("AttestationDocument", .blob(length: 1...262_144)),
    ])

    static let keySpec = Shape.enumeration(KeySpec.allCases.map(\.rawValue))
    static let keyUsage = Shape.enumeration(KeyUsage.allCases.map(\.rawValue))
    static let keyOrigin = Shape.enumeration(KeyOrigin.allCases.map(\.rawValue))
    static let encryptionAlgorithm = Shape.enumeration(EncryptionAlgorithm.allCases.map(\.rawValue))
    static let signingAlgorithm = Shape.enumeration(SigningAlgorithm.allCases.map(\.rawValue))
    static let macAlgorithm = Shape.enumeration(MACAlgorithm.allCases.map(\.rawValue))
    static let messageType = Shape.enumeration(MessageType.allCases.map(\.rawValue))
    static let dataKeySpec = Shape.enumeration(DataKeySpec.allCases.map(\.rawValue))
    static let dataKeyPairSpec = Shape.enumeration(DataKeyPairSpec.allCases.map(\.rawValue))
    static let dryRunModifiers = Shape.list(.enumeration(["IGNORE_CIPHERTEXT"]))
}

extension Pattern {
    static let nameWithSlashes = Pattern.characters("^[a-zA-Z0-9:/_-]+$") {
        $0.isASCIIAlphanumeric || ":/_-".unicodeScalars.contains($0)
    }
    static let words = Pattern.characters("[\\w]+") { $0.isASCIIAlphanumeric || $0 == "_" }
    static let principal = Pattern.characters("^[\\w+=,.@:/-]+$") {
        $0.isASCIIAlphanumeric || "_+=,.@:/-".unicodeScalars.contains($0)
    }
    static let lowerHex = Pattern.characters("^[a-f0-9]+$") {
        ("0"..."9").contains($0) || ("a"..."f").contains($0)
    }
    static let latin = Pattern.characters("[\\u0020-\\u00FF]*", emptyAllowed: true) {
        ("\u{20}"..."\u{FF}").contains($0)
    }
    static let policyText = Pattern.characters("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+") {
        ("\u{20}"..."\u{FF}").contains($0) || $0 == "\t" || $0 == "\n" || $0 == "\r"
    }
    static let materialDescription = Pattern.characters("^[a-zA-Z0-9:/_\\s.-]+$", emptyAllowed: false) {
        $0.isASCIIAlphanumeric || ":/_.- \t\n\r\u{0B}\u{0C}".unicodeScalars.contains($0)
    }
    static let xksKeyID = Pattern.characters("^[a-zA-Z0-9-_.]+$") {
        $0.isASCIIAlphanumeric || "-_.".unicodeScalars.contains($0)
    }
    /// Two or three lower-case words, each with a dash after it, then digits.
    static let region = Pattern("^([a-z]+-){2,3}\\d+$") { text in
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (3...4).contains(parts.count), let number = parts.last else { return false }
        return parts.dropLast().allSatisfy { part in
            !part.isEmpty && part.unicodeScalars.allSatisfy { ("a"..."z").contains($0) }
        } && !number.isEmpty && number.unicodeScalars.allSatisfy { ("0"..."9").contains($0) }
    }
}

/// Lengths of symmetric data keys.
package enum DataKeySpec: String, Sendable, CaseIterable {
    case aes256 = "AES_256"
    case aes128 = "AES_128"

    package var byteCount: Int {
        switch self {
        case .aes256: 32
        case .aes128: 16
        }
    }
}
