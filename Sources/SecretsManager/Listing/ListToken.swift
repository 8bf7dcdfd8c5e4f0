import AWSProtocol
import Authorization
import Cryptography
import Operations

/// Where a list goes on: sealed, so that it tells nothing, and bound to the list and the account and Region.
struct ListToken {
    let keyring: RootKeyring
    let list: String
    let call: Call

    /// The position that a token names; nil for the beginning.
    ///
    /// - Throws: `.invalidNextToken` for a token that this list did not give.
    func position(of token: String?) throws(SecretsManagerError) -> String? {
        guard let token else { return nil }
        guard let sealed = Base64.decode(token) else { throw .invalidNextToken }
        do throws(CryptographyError) {
            let position = try KeyWrap(keyring: keyring, purpose: .markers).openRecord(
                sealed,
                authenticating: binding
            )
            return String(decoding: position, as: UTF8.self)
        } catch {
            throw .invalidNextToken
        }
    }

    /// The token with which the list goes on after a position; nil after the end.
    func token(after position: String?) throws(SecretsManagerError) -> String? {
        guard let position else { return nil }
        do throws(CryptographyError) {
            let sealed = try KeyWrap(keyring: keyring.settled(at: call.storedNow), purpose: .markers).seal(
                record: Array(position.utf8),
                authenticating: binding
            )
            return Base64.encode(sealed)
        } catch {
            throw .internalFailure
        }
    }

    private var binding: [UInt8] {
        Array("\(list)\u{0}\(call.caller.account ?? "")\u{0}\(call.region)".utf8)
    }
}
