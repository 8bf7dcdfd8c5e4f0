package import AWSProtocol
import Operations

package import struct Foundation.Date

/// The name of an alias with its `alias/` prefix, as in `alias/orders`.
package struct AliasName: Hashable, Sendable, Codable, CustomStringConvertible {
    package let text: String

    /// The name, or nil when it lacks the prefix or has anything but letters, digits, `/`, `_` and `-`.
    package init?(_ text: String) {
        guard text.hasPrefix(AliasName.prefix), text.utf8.count > AliasName.prefix.utf8.count,
            text.utf8.count <= AliasName.bytesMax,
            text.unicodeScalars.allSatisfy({ $0.isASCIIAlphanumeric || "/_-".unicodeScalars.contains($0) })
        else { return nil }
        self.text = text
    }

    package var description: String { text }

    package static let prefix = "alias/"
    /// Names that only AWS managed keys have.
    package static let reservedPrefix = "alias/aws/"
    package static let bytesMax = 256
    /// Aliases that may point to one key (KMS Developer Guide, "Resource quotas").
    package static let perKeyMax = 50

    package var isReserved: Bool { text.hasPrefix(AliasName.reservedPrefix) }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = AliasName(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an alias name")
            )
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// An alias of an account in a Region.
package struct AliasLocator: Hashable, Sendable {
    /// What CloudTrail calls an alias.
    package static let resourceType = "AWS::KMS::Alias"

    package let account: AccountID
    package let region: Region
    package let name: AliasName

    package init(_ account: AccountID, _ region: Region, _ name: AliasName) {
        self.account = account
        self.region = region
        self.name = name
    }

    package var arn: String { "arn:aws:kms:\(region):\(account):\(name)" }
}

/// What is stored of an alias.
package struct Alias: Hashable, Sendable, Codable {
    package let name: AliasName
    package var target: KeyLocator
    package let createdAt: Date
    package var updatedAt: Date

    package init(name: AliasName, target: KeyLocator, createdAt: Date) {
        self.name = name
        self.target = target
        self.createdAt = createdAt
        updatedAt = createdAt
    }
}
