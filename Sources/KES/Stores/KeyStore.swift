package import Cryptography

/// Where keys are kept: names and bytes that the store does not understand.
///
/// What every store promises, and `KeyStoreSuite` checks:
/// - `create` is atomic. Of several at the same time exactly one succeeds, the others throw `.exists`. What it
///   made is there after a crash once it has returned, and nobody ever reads a part of it.
/// - `value` gives the bytes that `create` was given, or throws `.missing`.
/// - `delete` throws `.missing` when there is nothing. After it `value` throws `.missing` and `create` works.
/// - `list` gives, page by page, each name that begins with the prefix once, in an order of its own.
/// - `latency` asks the store whether it answers.
/// - `.unreachable` means that nobody answered, `.unavailable` that somebody did and could not. Nothing else
///   is thrown, and no error carries a value.
package protocol KeyStore: Sendable {
    /// What and where it is, for the operator, as in `Filesystem: ./keys`.
    var summary: String { get }
    /// How often the server is to ask whether the store answers.
    var probePause: Duration { get }

    func create(_ name: KeyName, _ value: SharedSecret) async throws(KeyStoreError)
    func value(_ name: KeyName) async throws(KeyStoreError) -> SharedSecret
    func delete(_ name: KeyName) async throws(KeyStoreError)
    func list(prefix: String, continuing token: String?) async throws(KeyStoreError) -> KeyStorePage
    func latency() async throws(KeyStoreError) -> Duration
}

extension KeyStore {
    package var probePause: Duration { .seconds(10) }
}

/// One page of a key store's names; `next` is what the store wants to hear for the page after it.
package struct KeyStorePage: Hashable, Sendable {
    package let names: [KeyName]
    package let next: String?

    package init(names: [KeyName], next: String? = nil) {
        self.names = names
        self.next = next
    }
}

/// Why a key store did not do what it was asked for; reasons are for the operator's log.
package enum KeyStoreError: Error, Hashable, Sendable {
    case exists
    case missing
    /// Nobody answered: a connection that cannot be made, or no answer in time.
    case unreachable(reason: String)
    /// Somebody answered, and could or would not: no permission, a full disk, an answer that makes no sense.
    case unavailable(reason: String)
}

extension KeyStoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exists: "the key exists already"
        case .missing: "the key does not exist"
        case .unreachable(let reason): "the key store does not answer: \(reason)"
        case .unavailable(let reason): "the key store fails: \(reason)"
        }
    }
}
