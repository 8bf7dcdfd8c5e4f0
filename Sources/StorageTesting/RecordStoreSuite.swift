package import Storage
import Testing

/// The promises of ``RecordStore`` as code: every store runs all of these.
///
/// A store's test makes a fresh, empty store for each promise:
/// ```swift
/// @Test(arguments: RecordStoreSuite.promises)
/// func keeps(_ promise: RecordStoreSuite.Promise) async throws {
///     try await promise.check { MemoryStore() }
/// }
/// ```
package enum RecordStoreSuite {
    /// One promise, named by a sentence.
    package struct Promise: Sendable, CustomTestStringConvertible {
        package let name: String
        private let body: @Sendable (any RecordStore) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (any RecordStore) async throws -> Void) {
            self.name = name
            self.body = body
        }

        package var testDescription: String { name }

        /// Checks the promise on a fresh store, and closes it.
        package func check(on makeStore: () async throws -> any RecordStore) async throws {
            let store = try await makeStore()
            do {
                try await body(store)
            } catch {
                await store.close()
                throw error
            }
            await store.close()
        }
    }

    /// What any store keeps.
    package static let promises: [Promise] =
        readingPromises + committingPromises + scanningPromises + feedPromises + limitPromises
        + concurrencyPromises

    static let kind = RecordKind("thing")
    static let otherKind = RecordKind("thing2")

    static func key(_ name: String) -> RecordKey { RecordKey(kind, name) }

    static func put(_ name: String, _ text: String, _ expectation: Storage.Expectation = .any) -> Write {
        .put(key(name), Array(text.utf8), expecting: expectation)
    }

    /// The error that a call throws, or nil when it succeeds.
    static func failure<Outcome>(
        of body: () async throws(StorageError) -> Outcome
    ) async -> StorageError? {
        do throws(StorageError) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    /// Commits one write and gives the record's new version.
    static func version(of write: Write, in store: any RecordStore) async throws -> Int64 {
        let result = try await store.commit([write])
        return try #require(result.versions.first ?? nil)
    }
}
