import CSodium

/// Ed25519ph's running hash inside libsodium.
struct EdwardsPrehash {
    private static let isReady = sodium_init() >= 0
    private var state = crypto_sign_state()

    init(_ message: UnsafeRawBufferPointer) {
        precondition(Self.isReady, "libsodium could not start")
        crypto_sign_init(&state)
        guard let bytes = message.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
        crypto_sign_update(&state, bytes, UInt64(message.count))
    }

    mutating func sign(with pair: UnsafeRawBufferPointer) -> [UInt8]? {
        let secretKey = pair.assumingMemoryBound(to: UInt8.self).baseAddress
        var signature = [UInt8](repeating: 0, count: Int(crypto_sign_bytes()))
        guard let secretKey, crypto_sign_final_create(&state, &signature, nil, secretKey) == 0 else {
            return nil
        }
        return signature
    }

    mutating func verify(_ signature: [UInt8], of publicKey: [UInt8]) -> Bool {
        guard signature.count == Int(crypto_sign_bytes()) else { return false }
        return crypto_sign_final_verify(&state, signature, publicKey) == 0
    }
}
