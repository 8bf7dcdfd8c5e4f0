package import Crypto

extension SecretBytes {
    /// Copies the bytes of a key, for wrapping or serialising it.
    package init(copying key: SymmetricKey) {
        self.init(count: key.bitCount / 8) { memory in
            key.withUnsafeBytes { memory.copyMemory(from: $0) }
        }
    }

    /// Makes an AES or HMAC key of the bytes; the key wipes its own copy.
    package borrowing func symmetricKey() -> SymmetricKey {
        withUnsafeBytes { SymmetricKey(data: $0) }
    }
}
