import Crypto

/// A seal whose key lies in an HSM or smart card and never leaves it, reached through its PKCS#11 module.
///
/// `format(1) ‖ IV(12) ‖ one-time key, encrypted by the token(48) ‖ envelope`. The token encrypts 32 bytes by
/// AES-GCM, which every one can, however long the keyring is; the deployment's id is authenticated.
package struct PKCS11Seal: Seal {
    /// Which key of which token.
    package struct Place: Hashable, Sendable {
        /// The module's shared library.
        package var module: String
        package var tokenLabel: String
        package var keyLabel: String

        package init(module: String, tokenLabel: String, keyLabel: String) {
            self.module = module
            self.tokenLabel = tokenLabel
            self.keyLabel = keyLabel
        }
    }

    package static let kind = "pkcs11"
    package var kind: String { Self.kind }

    private let place: Place
    private let pin: SharedSecret
    private let makesKey: Bool

    /// A seal with the key at a place; with `makingKey` the first use makes the key if it is missing.
    package init(_ place: Place, pin: SharedSecret, makingKey: Bool) {
        self.place = place
        self.pin = pin
        makesKey = makingKey
    }

    package func wrap(
        _ keyring: borrowing SecretBytes,
        for deployment: DeploymentID
    ) async throws(SealError) -> [UInt8] {
        let oneTime = SharedSecret(SecretBytes(randomCount: AuthenticatedCipher.keyBytes))
        let iv = RandomSource.bytes(AuthenticatedCipher.ivBytes)
        let data = Self.associatedData(deployment)
        let encrypted = try await onToken { session, key throws(SealError) in
            try session.encrypt(oneTime, with: key, iv: iv, authenticating: data)
        }
        let key = oneTime.withUnsafeBytes { SymmetricKey(data: $0) }
        return [Self.format] + iv + encrypted + (try SealEnvelope.wrap(keyring, kind: kind, key: key))
    }

    package func unwrap(
        _ wrapped: [UInt8],
        for deployment: DeploymentID?
    ) async throws(SealError) -> SecretBytes {
        guard wrapped.count > Self.headBytes, wrapped[0] == Self.format, let deployment else {
            throw .malformed
        }
        let iv = Array(wrapped[1...AuthenticatedCipher.ivBytes])
        let encrypted = Array(wrapped[(1 + AuthenticatedCipher.ivBytes)..<Self.headBytes])
        let data = Self.associatedData(deployment)
        let oneTime = try await onToken { session, key throws(SealError) in
            try session.decrypt(encrypted, with: key, iv: iv, authenticating: data)
        }
        let key = oneTime.withUnsafeBytes { SymmetricKey(data: $0) }
        return try SealEnvelope.unwrap(Array(wrapped[Self.headBytes...]), kind: kind, key: key)
    }

    private static let format: UInt8 = 1
    private static let headBytes =
        1 + AuthenticatedCipher.ivBytes + AuthenticatedCipher.keyBytes + AuthenticatedCipher.tagBytes

    private static func associatedData(_ deployment: DeploymentID) -> [UInt8] {
        Array("strongroom pkcs11 seal 1 \(deployment)".utf8)
    }

    private func onToken<Value: Sendable>(
        _ work: @escaping @Sendable (CryptokiSession, UInt) throws(SealError) -> Value
    ) async throws(SealError) -> Value {
        let (place, pin, makesKey) = (place, pin, makesKey)
        return try await BlockingWork.run { () throws(SealError) in
            try CryptokiModule(path: place.module).withSession(token: place.tokenLabel, pin: pin) {
                session throws(SealError) in
                var key = try session.key(labelled: place.keyLabel)
                if key == nil, makesKey { key = try session.generateKey(labelled: place.keyLabel) }
                guard let key else {
                    throw .denied(
                        reason: "the token '\(place.tokenLabel)' has no AES key labelled '\(place.keyLabel)'"
                    )
                }
                return try work(session, key)
            }
        }
    }
}
