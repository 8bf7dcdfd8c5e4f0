import Crypto
import Cryptography

import struct Foundation.Date

/// The same primitives as the server calls them.
enum ModuleSpeeds {
    static func measure(_ seconds: Double) throws -> [Speed] {
        try [
            sign("P-256 sign", spec: .nistP256, algorithm: .ecdsaSHA256, seconds),
            sign(
                "P-384 sign",
                spec: .nistP384,
                algorithm: .ecdsaSHA384,
                digestByteCount: 48,
                seconds
            ),
            sign("RSA-2048 PSS sign", spec: .rsa2048, algorithm: .rsassaPSSSHA256, seconds),
            sign("RSA-2048 PKCS #1 v1.5 sign", spec: .rsa2048, algorithm: .rsassaPKCS1v15SHA256, seconds),
            seal("AES-256-GCM seal 32 B", byteCount: 32, seconds),
            seal("AES-256-GCM seal 4 KB", byteCount: 4096, seconds),
        ]
    }

    private static func sign(
        _ primitive: String,
        spec: KeySpec,
        algorithm: SigningAlgorithm,
        digestByteCount: Int = 32,
        _ seconds: Double
    ) throws -> Speed {
        let key = try AsymmetricKey.generate(spec)
        let digest = [UInt8](repeating: 7, count: digestByteCount)
        return try Stopwatch.speed(of: primitive, by: "Cryptography", seconds: seconds) {
            _ = try key.sign(digest, type: .digest, algorithm: algorithm)
        }
    }

    /// A whole ciphertext blob: header, random nonce, one-time key, AES-GCM.
    private static func seal(_ primitive: String, byteCount: Int, _ seconds: Double) throws -> Speed {
        let keyID = KeyUniqueID.generate(multiRegion: false, at: .now)
        guard let materialID = KeyMaterialID(bytes: [UInt8](repeating: 9, count: KeyMaterialID.byteCount))
        else {
            throw LibcryptoError()
        }
        let key = DerivationKey(SymmetricKey(size: .bits256))
        let plaintext = [UInt8](repeating: 3, count: byteCount)
        return try Stopwatch.speed(of: primitive, by: "Cryptography", seconds: seconds) {
            try plaintext.withUnsafeBytes { bytes in
                _ = try CiphertextBlob.seal(
                    bytes,
                    keyID: keyID,
                    materialID: materialID,
                    key: key,
                    context: .empty
                )
            }
        }
    }
}
