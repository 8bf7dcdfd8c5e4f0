import AWSProtocol
import Authorization
import Cryptography
import Operations

/// Where a list goes on: sealed, so that it tells nothing, and bound to the list and the account and Region.
struct ListMarker {
    let keyring: RootKeyring
    let list: String
    let call: Call

    /// The position that a token of this list names; nil for any other token.
    func position(of token: String) -> String? {
        guard let sealed = Base64.decode(token) else { return nil }
        do throws(CryptographyError) {
            let position = try KeyWrap(keyring: keyring, purpose: .markers).openRecord(
                sealed,
                authenticating: binding
            )
            return String(decoding: position, as: UTF8.self)
        } catch {
            return nil
        }
    }

    /// The token with which the list goes on after a position.
    func token(after position: String) throws(CryptographyError) -> String {
        let sealed = try KeyWrap(keyring: keyring.settled(at: call.now), purpose: .markers).seal(
            record: Array(position.utf8),
            authenticating: binding
        )
        return Base64.encode(sealed)
    }

    private var binding: [UInt8] {
        Array("\(list)\u{0}\(call.caller.account ?? "")\u{0}\(call.region)".utf8)
    }
}
