package import Cryptography

/// How a key is shown.
package struct KeyDescription: Hashable, Sendable {
    package let name: KeyName
    /// `AES256` or `ChaCha20`.
    package let algorithm: String
    /// Nil for keys of before 2022.
    package let createdAt: Moment?
    /// Empty for keys of before 2022.
    package let createdBy: String
}

/// One ciphertext of a bulk decryption.
package struct BulkCiphertext: Sendable {
    package let ciphertext: [UInt8]
    package let context: [UInt8]

    package init(ciphertext: [UInt8], context: [UInt8]) {
        self.ciphertext = ciphertext
        self.context = context
    }
}

extension KESKeyService {
    /// The most ciphertexts of one bulk decryption.
    package static let bulkCountMax = 1000

    package func describe(_ name: KeyName) async throws(KESError) -> KeyDescription {
        let key = try await key(name)
        return KeyDescription(
            name: name,
            algorithm: (key.algorithm ?? .aes256).name,
            createdAt: key.createdAt,
            createdBy: key.createdBy
        )
    }

    package func generate(_ name: KeyName, context: [UInt8]) async throws(KESError) -> GeneratedDataKey {
        try await key(name).generate(context: context)
    }

    package func encrypt(
        _ name: KeyName,
        _ plaintext: SharedSecret,
        context: [UInt8]
    ) async throws(KESError) -> [UInt8] {
        try await key(name).encrypt(plaintext, context: context)
    }

    package func decrypt(
        _ name: KeyName,
        _ ciphertext: [UInt8],
        context: [UInt8]
    ) async throws(KESError) -> SecretBytes {
        try await key(name).decrypt(ciphertext, context: context)
    }

    /// Decrypts many; the first failure fails all.
    package func bulkDecrypt(
        _ name: KeyName,
        _ ciphertexts: [BulkCiphertext]
    ) async throws(KESError) -> [SharedSecret] {
        guard ciphertexts.count <= Self.bulkCountMax else { throw .tooManyCiphertexts }
        let key = try await key(name)
        var plaintexts: [SharedSecret] = []
        for item in ciphertexts {
            plaintexts.append(SharedSecret(try key.decrypt(item.ciphertext, context: item.context)))
        }
        return plaintexts
    }

    package func hmac(_ name: KeyName, _ message: [UInt8]) async throws(KESError) -> [UInt8] {
        try await key(name).hmac(message)
    }
}
