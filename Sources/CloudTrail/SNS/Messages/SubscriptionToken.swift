import AWSProtocol
import Cryptography

import struct Foundation.Date

/// What stands in a SubscribeURL or an UnsubscribeURL: whoever has it may do that one thing.
///
/// Sealed by the keyring, so that nobody can make or change one.
struct SubscriptionToken: Hashable {
    enum Purpose: String {
        case confirm
        case unsubscribe
    }

    let purpose: Purpose
    let subscription: SubscriptionLocator
    /// In seconds since 1970; nil for one that does not run out.
    let expiry: Int?

    /// The token as text: hexadecimal digits.
    func sealed(by keyring: RootKeyring) throws(CryptographyError) -> String {
        let text = "\(expiry.map(String.init) ?? "-") \(subscription.arn)"
        let sealed = try KeyWrap(keyring: keyring, purpose: .notificationTokens).seal(
            record: Array(text.utf8),
            authenticating: Array(purpose.rawValue.utf8)
        )
        return Hex.encode(sealed)
    }

    /// Opens a token; nil for any that this deployment did not make for the purpose, or whose time is over.
    init?(_ text: String, for purpose: Purpose, keyring: RootKeyring, at now: Date) {
        guard text.utf8.count <= 4_096, let sealed = Hex.decode(text) else { return nil }
        let plain: [UInt8]
        do throws(CryptographyError) {
            plain = try KeyWrap(keyring: keyring, purpose: .notificationTokens).openRecord(
                sealed,
                authenticating: Array(purpose.rawValue.utf8)
            )
        } catch {
            return nil
        }
        let parts = String(decoding: plain, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let subscription = SubscriptionLocator(arn: String(parts[1])) else {
            return nil
        }
        let expiry = Int(parts[0])
        if let expiry, Double(expiry) < now.timeIntervalSince1970 { return nil }
        self.init(purpose: purpose, subscription: subscription, expiry: expiry)
    }

    init(purpose: Purpose, subscription: SubscriptionLocator, expiry: Int?) {
        self.purpose = purpose
        self.subscription = subscription
        self.expiry = expiry
    }
}
