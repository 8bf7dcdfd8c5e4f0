package import Crypto
package import Foundation

/// The versions of the 256-bit root key from which every other key of the server is derived.
///
/// Immutable: rotation gives a new keyring, which is swapped in whole. Old versions stay, so that what was
/// sealed under them stays readable. All derived keys are made when the keyring is, so asking for one costs
/// a look-up and takes no lock.
package struct RootKeyring: Sendable {
    /// A keyring never grows beyond this; yearly rotation takes a millennium to reach it.
    package static let versionsMax = 1000
    static let rootBytes = 32

    /// When each version was made, by number, ascending; for status pages.
    package var versions: [(number: UInt32, createdAt: Date)] {
        entries.map {
            (number: $0.number, createdAt: Date(timeIntervalSince1970: Double($0.createdAtSeconds)))
        }
    }

    package var currentVersion: UInt32 { newest.number }

    let entries: [Entry]
    private let newest: Entry

    /// One version with its derived keys.
    struct Entry: Sendable {
        let number: UInt32
        let createdAtSeconds: Int64
        let root: SymmetricKey
        let derived: [KeyPurpose: SymmetricKey]
        /// The same keys, ready to derive others with.
        private let derivations: [KeyPurpose: DerivationKey]

        init(number: UInt32, createdAtSeconds: Int64, root: SymmetricKey) {
            self.number = number
            self.createdAtSeconds = createdAtSeconds
            self.root = root
            var derived: [KeyPurpose: SymmetricKey] = [:]
            for purpose in KeyPurpose.allCases { derived[purpose] = Self.derive(purpose, from: root) }
            self.derived = derived
            derivations = derived.mapValues { DerivationKey($0) }
        }

        func key(for purpose: KeyPurpose) -> SymmetricKey {
            derived[purpose] ?? Self.derive(purpose, from: root)
        }

        func derivation(for purpose: KeyPurpose) -> DerivationKey {
            derivations[purpose] ?? DerivationKey(key(for: purpose))
        }

        private static func derive(_ purpose: KeyPurpose, from root: SymmetricKey) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: root,
                info: purpose.derivationInfo,
                outputByteCount: RootKeyring.rootBytes
            )
        }
    }

    /// Takes entries whose numbers ascend and start anywhere; nil when there are none, too many or out of
    /// order.
    init?(entries: [Entry]) {
        guard let newest = entries.last, entries.count <= Self.versionsMax,
            zip(entries, entries.dropFirst()).allSatisfy({ $0.number < $1.number })
        else { return nil }
        self.entries = entries
        self.newest = newest
    }

    /// Whether another keyring holds every root key of this one.
    package func isContained(in other: RootKeyring) -> Bool {
        let roots = Dictionary(other.entries.map { ($0.number, $0.root) }) { first, _ in first }
        return entries.allSatisfy { roots[$0.number] == $0.root }
    }

    private init(entries: [Entry], newest: Entry) {
        self.entries = entries
        self.newest = newest
    }

    /// Makes a keyring with one fresh root key, version 1.
    package static func generate(now: Date) -> RootKeyring {
        let first = Entry(
            number: 1,
            createdAtSeconds: Int64(now.timeIntervalSince1970),
            root: SecretBytes(randomCount: rootBytes).symmetricKey()
        )
        return RootKeyring(entries: [first], newest: first)
    }

    /// Gives a keyring with one version more, which becomes the current one; nil when it is full.
    package func rotated(now: Date) -> RootKeyring? {
        let next = Entry(
            number: newest.number + 1,
            createdAtSeconds: Int64(now.timeIntervalSince1970),
            root: SecretBytes(randomCount: Self.rootBytes).symmetricKey()
        )
        return RootKeyring(entries: entries + [next])
    }

    /// The key of a purpose under a version of the root key.
    ///
    /// - Throws: `.unknownRootVersion` when this keyring does not hold the version.
    package func key(
        for purpose: KeyPurpose,
        version: UInt32
    ) throws(CryptographyError) -> SymmetricKey {
        try entry(version: version).key(for: purpose)
    }

    /// What derives from that key, as ``key(for:version:)`` gives it.
    func derivation(
        for purpose: KeyPurpose,
        version: UInt32
    ) throws(CryptographyError) -> DerivationKey {
        try entry(version: version).derivation(for: purpose)
    }

    private func entry(version: UInt32) throws(CryptographyError) -> Entry {
        if version == newest.number { return newest }
        let index = entries.partitioningIndex { $0.number >= version }
        guard index < entries.count, entries[index].number == version else {
            throw .unknownRootVersion(version)
        }
        return entries[index]
    }

    /// The same keyring that seals under the newest version that is at least ``settlingSeconds`` old.
    ///
    /// What is sealed for others to bring back, such as a grant token, may reach a node that has not taken in
    /// the latest rotation yet; a record is read with a keyring that is renewed when need be, a token is not.
    package func settled(at now: Date) -> RootKeyring {
        let latest = Int64(now.timeIntervalSince1970) - Self.settlingSeconds
        guard newest.createdAtSeconds > latest else { return self }
        let old = entries.last { $0.createdAtSeconds <= latest } ?? entries.first
        return RootKeyring(entries: entries, newest: old ?? newest)
    }

    /// How long every node has to take in a rotation.
    package static let settlingSeconds: Int64 = 60

    /// The key of a purpose under the current version, for sealing.
    package func currentKey(for purpose: KeyPurpose) -> SymmetricKey { newest.key(for: purpose) }

    /// What derives from that key.
    func currentDerivation(for purpose: KeyPurpose) -> DerivationKey { newest.derivation(for: purpose) }

    /// The key of a purpose under the oldest version, for what must not change with rotation: material ids.
    package func lastingKey(for purpose: KeyPurpose) -> SymmetricKey {
        (entries.first ?? newest).key(for: purpose)
    }

    /// What derives from that key.
    package func lastingDerivation(for purpose: KeyPurpose) -> DerivationKey {
        (entries.first ?? newest).derivation(for: purpose)
    }
}
