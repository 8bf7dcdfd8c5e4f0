import AWSProtocol
package import Authorization
package import Cryptography
package import Operations

/// What an administrator may learn of a denial, sealed so that it can go through many hands.
///
/// Whoever asks is told no more than AWS tells; the message says why. It is bound to the account of the caller, and
/// never expires. Source: STS API Reference, DecodeAuthorizationMessage.
package enum AuthorizationMessage {
    /// The longest message made; a line of the log takes it whole, and DecodeAuthorizationMessage up to 10,240.
    package static let lengthMax = 8_000
    /// The most bytes that fit in before they are sealed and written as base64.
    static let bytesMax = lengthMax / 4 * 3 - KeyWrap.overheadBytes

    /// Seals the message of a denial, under a root key that all nodes have.
    ///
    /// - Throws: `.libraryFailure` only, which no input causes.
    package static func encode(
        _ denial: Denial,
        _ explanation: Explanation,
        keyring: RootKeyring
    ) throws(CryptographyError) -> String {
        let told = ToldDenial(denial, explanation)
        let sealed = try wrap(keyring.settled(at: denial.call.now)).seal(
            record: told.json(bytesMax: bytesMax),
            authenticating: binding(told.account)
        )
        return Base64URL.encode(sealed)
    }

    /// The message as JSON; nil for any text that is no message of the account.
    static func decode(_ text: String, for account: String, keyring: RootKeyring) -> String? {
        guard text.utf8.count <= lengthMax, let sealed = Base64URL.decode(text.utf8) else { return nil }
        do throws(CryptographyError) {
            let json = try wrap(keyring).openRecord(sealed, authenticating: binding(account))
            return String(decoding: json, as: UTF8.self)
        } catch {
            // Whatever is wrong with a message, who brings it learns only that it is invalid.
            return nil
        }
    }

    private static func wrap(_ keyring: RootKeyring) -> KeyWrap {
        KeyWrap(keyring: keyring, purpose: .authorizationMessages)
    }

    private static func binding(_ account: String) -> [UInt8] {
        LengthPrefixed.bytes(of: "authorization message 1", account)
    }
}
