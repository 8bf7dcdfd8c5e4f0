package import AWSProtocol
import Authorization
import Operations

package import struct Foundation.Date

/// A grant on a key, as it is stored.
package struct KeyGrant: Hashable, Sendable, Codable {
    package let id: GrantID
    package let key: KeyLocator
    package let name: String?
    package let createdAt: Date
    package let grantee: String
    /// The unique id of the grantee when the grant was made, so that a principal deleted and made again
    /// under the same name does not inherit it.
    package let granteeID: String?
    package let retiringPrincipal: String?
    /// The unique id of the retiring principal when the grant was made, for the same reason; grants of earlier
    /// builds have none.
    package let retiringID: String?
    package let issuingAccount: AccountID
    package let operations: [GrantOperation]
    package let constraints: Constraints?

    /// What the encryption context of a request must hold for the grant to allow it.
    package struct Constraints: Hashable, Sendable, Codable {
        package let equals: [String: String]?
        package let subset: [String: String]?

        package init(equals: [String: String]?, subset: [String: String]?) {
            self.equals = equals
            self.subset = subset
        }
    }

    package init(
        id: GrantID,
        key: KeyLocator,
        name: String?,
        createdAt: Date,
        grantee: String,
        granteeID: String?,
        retiringPrincipal: String?,
        retiringID: String?,
        issuingAccount: AccountID,
        operations: [GrantOperation],
        constraints: Constraints?
    ) {
        self.id = id
        self.key = key
        self.name = name
        self.createdAt = createdAt
        self.grantee = grantee
        self.granteeID = granteeID
        self.retiringPrincipal = retiringPrincipal
        self.retiringID = retiringID
        self.issuingAccount = issuingAccount
        self.operations = operations
        self.constraints = constraints
    }

    /// Grants a key may have (KMS Developer Guide, "Resource quotas").
    package static let perKeyMax = 50_000
}

/// The id of a grant: 64 lower-case hex digits.
package struct GrantID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let description: String

    package init?(_ text: String) {
        guard text.utf8.count == 64, Pattern.lowerHex.matches(text) else { return nil }
        description = text
    }

    package init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// A fresh id of 32 random bytes.
    package static func random() -> GrantID {
        GrantID(random: (0..<4).map { _ in UInt64.random(in: .min ... .max) })
    }

    private init(random words: [UInt64]) {
        description = words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// An operation that a grant can allow.
package enum GrantOperation: String, Hashable, Sendable, Codable, CaseIterable {
    case decrypt = "Decrypt"
    case encrypt = "Encrypt"
    case generateDataKey = "GenerateDataKey"
    case generateDataKeyWithoutPlaintext = "GenerateDataKeyWithoutPlaintext"
    case reEncryptFrom = "ReEncryptFrom"
    case reEncryptTo = "ReEncryptTo"
    case sign = "Sign"
    case verify = "Verify"
    case getPublicKey = "GetPublicKey"
    case createGrant = "CreateGrant"
    case retireGrant = "RetireGrant"
    case describeKey = "DescribeKey"
    case generateDataKeyPair = "GenerateDataKeyPair"
    case generateDataKeyPairWithoutPlaintext = "GenerateDataKeyPairWithoutPlaintext"
    case generateMac = "GenerateMac"
    case verifyMac = "VerifyMac"
    case deriveSharedSecret = "DeriveSharedSecret"
}
