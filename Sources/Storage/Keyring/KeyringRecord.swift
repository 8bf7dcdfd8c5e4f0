package import Cryptography

/// The record in which a deployment keeps its sealed keyring: beside the records it opens, so that all nodes
/// share it and every backup has it, in the store below the one that seals.
///
/// Each change is one commit that names the version it replaces: a crash leaves the old keyring or the new
/// one, and of two changes at once one is told that it was too late.
package struct KeyringRecord: Sendable {
    package static let key = RecordKey(RecordKind("seal.keyring"), "root")

    private let store: any RecordStore

    /// The record in a store that does not seal what it is given.
    package init(in store: any RecordStore) { self.store = store }

    /// A sealed keyring with the version of its record.
    package struct Stored: Hashable, Sendable {
        package let sealed: SealedKeyring
        package let version: Int64

        /// Opens the keyring with a seal.
        package func open(with seal: any Seal) async throws(KeyringError) -> RootKeyring {
            do throws(SealedKeyringError) {
                return try await sealed.open(with: seal)
            } catch {
                throw .sealed(error)
            }
        }
    }

    /// The keyring as it is now; nil when there is none.
    package func read() async throws(KeyringError) -> Stored? {
        guard let record = try await record() else { return nil }
        do throws(SealedKeyringError) {
            return Stored(sealed: try SealedKeyring(encoded: record.value), version: record.version)
        } catch {
            throw .sealed(error)
        }
    }

    /// The version of the record, without reading what is in it; nil when there is none.
    package func version() async throws(KeyringError) -> Int64? { try await record()?.version }

    /// Keeps the first keyring.
    ///
    /// - Throws: `.superseded` when somebody else was first.
    package func create(_ sealed: SealedKeyring) async throws(KeyringError) {
        try await put(sealed, expecting: .absent)
    }

    /// Puts a keyring in the place of one that was read.
    ///
    /// - Throws: `.superseded` when it was changed since.
    package func replace(_ old: Stored, with sealed: SealedKeyring) async throws(KeyringError) {
        try await put(sealed, expecting: .version(old.version))
    }

    private func record() async throws(KeyringError) -> Record? {
        do throws(StorageError) {
            return try await store.read(Self.key)
        } catch {
            throw .store(error)
        }
    }

    private func put(
        _ sealed: SealedKeyring,
        expecting expectation: Expectation
    ) async throws(KeyringError) {
        let bytes: [UInt8]
        do throws(SealedKeyringError) {
            bytes = try sealed.encoded()
        } catch {
            throw .sealed(error)
        }
        do throws(StorageError) {
            _ = try await store.commit([.put(Self.key, bytes, expecting: expectation)])
        } catch .conflict {
            throw .superseded
        } catch {
            throw .store(error)
        }
    }
}

/// Why the record of the keyring was not read, opened or changed; the texts name the record.
package enum KeyringError: Error, Equatable {
    case store(StorageError)
    case sealed(SealedKeyringError)
    /// Somebody else made or changed the keyring in between.
    case superseded
    /// The keyring has as many root keys as it may.
    case full
}

extension KeyringError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .store(let error): "the record \(KeyringRecord.key) cannot be read or written: \(error)"
        case .sealed(let error): "the record \(KeyringRecord.key): \(error)"
        case .superseded: "the record \(KeyringRecord.key) was changed by somebody else at the same time"
        case .full: "the keyring has \(RootKeyring.versionsMax) root keys, which is the most it can have"
        }
    }
}
