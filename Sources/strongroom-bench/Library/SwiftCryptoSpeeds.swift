import Crypto

/// swift-crypto, which signs with some curves faster than libcrypto; signatures are DER, as libcrypto's are.
enum SwiftCryptoSpeeds {
    static func measure(_ seconds: Double) throws -> [Speed] {
        let p256 = P256.Signing.PrivateKey()
        let p384 = P384.Signing.PrivateKey()
        let digest = SHA256.hash(data: [7])
        let longDigest = SHA384.hash(data: [7])
        return try [
            Stopwatch.speed(of: "P-256 sign", by: "swift-crypto", seconds: seconds) {
                _ = try p256.signature(for: digest).derRepresentation
            },
            Stopwatch.speed(of: "P-384 sign", by: "swift-crypto", seconds: seconds) {
                _ = try p384.signature(for: longDigest).derRepresentation
            },
        ]
    }
}
