package import AWSProtocol
package import Cryptography
import Storage

/// Where a key lives: a Region and the key's id, which together name it in the whole deployment.
///
/// The account is a property of the key, so that a ciphertext, which names the key id alone, leads to it.
package struct KeyLocator: Hashable, Sendable, Codable {
    package let region: Region
    package let id: KeyUniqueID

    package init(_ region: Region, _ id: KeyUniqueID) {
        self.region = region
        self.id = id
    }

    /// The text in record keys, as in `us-east-1/1234abcd-…`.
    package var path: String {
        .built(byteCountMax: region.description.utf8.count + 1 + KeyUniqueID.textByteCount) { text in
            text.append(region.description)
            text.append("/")
            text.append(id)
        }
    }

    /// The same key id in another Region: a replica or the primary of a multi-Region key.
    package func relocated(to region: Region) -> KeyLocator {
        KeyLocator(region, id)
    }
}

/// The ARN of a key.
package struct KeyARN: Hashable, Sendable, CustomStringConvertible {
    /// What CloudTrail calls a key.
    package static let resourceType = "AWS::KMS::Key"

    package let locator: KeyLocator
    package let account: AccountID

    package init(_ locator: KeyLocator, _ account: AccountID) {
        self.locator = locator
        self.account = account
    }

    package var description: String {
        let regionBytes = locator.region.description.utf8.count
        // Kept with every key in memory, so without room to grow: the rest of it has 66 bytes.
        return .built(byteCountMax: 66 + regionBytes) { text in
            text.append("arn:aws:kms:")
            text.append(locator.region.description)
            text.append(":")
            text.append(account.description)
            text.append(":key/")
            text.append(locator.id)
        }
    }
}

extension TextBuilder {
    mutating func append(_ id: KeyUniqueID) {
        append(byteCount: KeyUniqueID.textByteCount) { id.write(to: $0) }
    }
}
