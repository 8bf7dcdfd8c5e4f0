package import AWSProtocol
import Cryptography
import Glibc
package import Operations

/// How a request names a key, after its text was read.
package enum KeyReference: Hashable, Sendable {
    /// A key id or key ARN. A bare id belongs to the caller's account.
    case key(KeyLocator, AccountID)
    /// An alias name or alias ARN.
    case alias(AliasLocator)
    /// The key named inside a ciphertext; its absence is told as a denial.
    case ciphertext(KeyLocator)
    /// The key of the grant that a grant token names.
    case grantToken(String)
    /// A key id or key ARN, to be found together with the key's last use, which no snapshot holds.
    case keyWithLastUsage(KeyLocator, AccountID)

    /// Which forms of the `KeyId` member an operation takes.
    package enum Forms: Sendable {
        /// Key id, key ARN, alias name, alias ARN.
        case any
        /// Key id or key ARN.
        case keyOnly
    }

    /// Reads the text of a `KeyId` member.
    ///
    /// - Throws: `.invalidKeyID` for text that is no identifier, `.foreignRegion` for an ARN of another
    ///   Region than the request's, `.invalidARN` for a malformed ARN.
    package init(_ text: String, accepting forms: Forms = .any, for call: Call) throws(KMSError) {
        if let (id, account) = Self.key(arn: text, in: call.region) {
            self = .key(KeyLocator(call.region, id), account)
        } else if text.hasPrefix("arn:") {
            self = try Self.parse(arn: text, accepting: forms, for: call)
        } else if text.hasPrefix(AliasName.prefix) {
            guard forms == .any, let name = AliasName(text) else { throw .invalidKeyID(text) }
            self = .alias(AliasLocator(try call.account(), call.region, name))
        } else {
            guard let id = KeyUniqueID(text) else { throw .invalidKeyID(text) }
            self = .key(KeyLocator(call.region, id), try call.account())
        }
    }

    /// Reads the ARN of a key in a Region, which almost every request has, without taking it apart into texts.
    private static func key(arn text: String, in region: Region) -> (KeyUniqueID, AccountID)? {
        var (text, region) = (text, region.description)
        return text.withUTF8 { text in
            region.withUTF8 { region in
                let prefix: StaticString = "arn:aws:kms:"
                let infix: StaticString = ":key/"
                let accountStart = prefix.utf8CodeUnitCount + region.count + 1
                let idStart = accountStart + 12 + infix.utf8CodeUnitCount
                guard text.count == idStart + KeyUniqueID.textByteCount,
                    let start = text.baseAddress, let regionStart = region.baseAddress,
                    memcmp(start, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0,
                    memcmp(start + prefix.utf8CodeUnitCount, regionStart, region.count) == 0,
                    text[accountStart - 1] == UInt8(ascii: ":"),
                    memcmp(start + accountStart + 12, infix.utf8Start, infix.utf8CodeUnitCount) == 0,
                    let account = AccountID(
                        String(decoding: text[accountStart..<(accountStart + 12)], as: UTF8.self)
                    ),
                    let id = KeyUniqueID(utf8: UnsafeBufferPointer(rebasing: text[idStart...]))
                else { return nil }
                return (id, account)
            }
        }
    }

    private static func parse(
        arn text: String,
        accepting forms: Forms,
        for call: Call
    ) throws(KMSError) -> KeyReference {
        guard let arn = ARN(text), arn.service == "kms", let account = arn.account, let region = arn.region
        else { throw .invalidARN(text) }
        guard region == call.region else { throw .foreignRegion(region.description) }
        if let id = arn.resource.dropping(prefix: "key/") {
            guard let id = KeyUniqueID(id) else { throw .invalidKeyID(id) }
            return .key(KeyLocator(call.region, id), account)
        }
        guard forms == .any, let name = AliasName(arn.resource) else { throw .invalidARN(text) }
        return .alias(AliasLocator(account, call.region, name))
    }

    /// The same key, to be found together with its last use; for operations that wait.
    package var withLastUsage: KeyReference {
        if case .key(let locator, let account) = self { .keyWithLastUsage(locator, account) } else { self }
    }

    /// The alias a request used, for `kms:RequestAlias`.
    package var alias: AliasLocator? {
        if case .alias(let alias) = self { alias } else { nil }
    }
}

extension String {
    /// What follows a prefix, or nil when the text does not begin with it.
    func dropping(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
