package import Cryptography
package import KES
import Testing

/// The promises of ``KeyStore`` as code: every key store runs all of these.
///
/// A store's test makes a fresh, empty store for each promise:
/// ```swift
/// @Test(arguments: KeyStoreSuite.promises)
/// func keeps(_ promise: KeyStoreSuite.Promise) async throws {
///     try await promise.check(MemoryKeyStore())
/// }
/// ```
package enum KeyStoreSuite {
    /// One promise, named by a sentence.
    package struct Promise: Sendable, CustomTestStringConvertible {
        package let name: String
        private let body: @Sendable (any KeyStore) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (any KeyStore) async throws -> Void) {
            self.name = name
            self.body = body
        }

        package var testDescription: String { name }

        /// Checks the promise on a fresh store.
        package func check(_ store: any KeyStore) async throws { try await body(store) }
    }

    /// Some bytes as a value.
    package static func value(_ text: String) -> SharedSecret {
        SharedSecret(SecretBytes(copying: text.utf8))
    }

    /// The error that a call throws, or nil when it succeeds.
    package static func failure<Outcome>(
        of body: () async throws(KeyStoreError) -> Outcome
    ) async -> KeyStoreError? {
        do throws(KeyStoreError) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    /// All names with a prefix, page after page, sorted.
    static func names(_ store: any KeyStore, prefix: String = "") async throws -> [String] {
        var (names, token): ([String], String?) = ([], nil)
        repeat {
            let page = try await store.list(prefix: prefix, continuing: token)
            names += page.names.map(\.text)
            token = page.next
        } while token != nil
        return names.sorted()
    }
}
