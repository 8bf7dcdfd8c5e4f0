import Crypto

/// A seal whose key is derived by scrypt from a passphrase that somebody, or something, gives at each start.
///
/// `format(1) ‖ log₂ N(1) ‖ r(4) ‖ p(4) ‖ salt(16) ‖ envelope`. Cost and salt enter the key, so changing them
/// yields another one. The salt is fresh each time, and so is the key.
package struct PassphraseSeal: Seal {
    package static let kind = "passphrase"
    package var kind: String { Self.kind }

    private let passphrase: SharedSecret
    private let cost: Scrypt

    /// Takes a passphrase of any bytes; `cost` is what new keys cost.
    package init(_ passphrase: SharedSecret, cost: Scrypt = .standard) {
        self.passphrase = passphrase
        self.cost = cost
    }

    package func wrap(
        _ keyring: borrowing SecretBytes,
        for deployment: DeploymentID
    ) async throws(SealError) -> [UInt8] {
        let header = Header(cost: cost, salt: RandomSource.bytes(Header.saltBytes))
        let key = try await key(for: header)
        return try header.bytes + SealEnvelope.wrap(keyring, kind: kind, key: key)
    }

    package func unwrap(
        _ wrapped: [UInt8],
        for deployment: DeploymentID?
    ) async throws(SealError) -> SecretBytes {
        guard let header = Header(of: wrapped) else { throw .malformed }
        let key = try await key(for: header)
        return try SealEnvelope.unwrap(Array(wrapped[Header.count...]), kind: kind, key: key)
    }

    /// What a wrapped keyring tells without the passphrase; nil when it is not of this seal's form.
    package static func cost(of wrapped: [UInt8]) -> Scrypt? { Header(of: wrapped)?.cost }

    private func key(for header: Header) async throws(SealError) -> SymmetricKey {
        let passphrase = passphrase
        return try await BlockingWork.run { () throws(SealError) in
            do throws(CryptographyError) {
                return try passphrase.withUnsafeBytes { bytes throws(CryptographyError) in
                    try header.cost.derive(
                        from: bytes,
                        salt: header.salt,
                        bytes: AuthenticatedCipher.keyBytes
                    ).symmetricKey()
                }
            } catch {
                throw .unavailable(
                    reason: "scrypt failed, which takes \(header.cost.memoryBytes >> 20) MiB of memory"
                )
            }
        }
    }
}

// MARK: Form

/// What stands before the envelope.
private struct Header: Sendable {
    static let saltBytes = 16
    static let count = 10 + saltBytes
    private static let format: UInt8 = 1

    let cost: Scrypt
    let salt: [UInt8]

    init(cost: Scrypt, salt: [UInt8]) {
        self.cost = cost
        self.salt = salt
    }

    init?(of wrapped: [UInt8]) {
        guard wrapped.count > Self.count, wrapped[0] == Self.format,
            let cost = Scrypt(
                costLogarithm: wrapped[1],
                blockSize: BigEndian.uint32(wrapped[2..<6]),
                parallelism: BigEndian.uint32(wrapped[6..<10])
            )
        else { return nil }
        self.cost = cost
        salt = Array(wrapped[10..<Self.count])
    }

    var bytes: [UInt8] {
        [Self.format, cost.costLogarithm] + BigEndian.bytes(cost.blockSize)
            + BigEndian.bytes(cost.parallelism) + salt
    }
}

/// Numbers in the forms that seals write.
enum BigEndian {
    static func bytes(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    static func uint32(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
