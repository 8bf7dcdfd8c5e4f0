import COpenSSL

/// AES-256-GCM of NIST SP 800-38D with a 96-bit IV and a 128-bit tag.
///
/// Two libraries make it. libsodium asks no provider and takes no memory of its own, so it needs 0.18 µs for the 32
/// bytes of a data key where libcrypto needs 0.44; from a kilobyte on libcrypto is faster. swift-crypto takes three
/// times as long as libcrypto.
enum AuthenticatedCipher {
    static let keyBytes = 32
    static let ivBytes = 12
    static let tagBytes = 16

    /// Associated data in two parts, so that nobody has to join a header and a context in a new buffer.
    struct AssociatedData {
        let header: UnsafeRawBufferPointer
        let context: UnsafeRawBufferPointer

        var count: Int { header.count + context.count }
    }

    /// Who does the work; the outcome is the same.
    enum Library {
        case libcrypto
        case libsodium

        private static let shortBytesMax = 512

        /// The faster one for a message.
        static func fastest(for bytes: Int, _ data: AssociatedData) -> Library {
            bytes <= shortBytesMax && data.count <= SodiumGCM.dataBytesMax && SodiumGCM.isAvailable
                ? .libsodium : .libcrypto
        }
    }

    /// Encrypts into `output`, which is as long as the plaintext and the tag behind it.
    static func seal(
        _ plaintext: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        iv: UnsafeRawBufferPointer,
        authenticating data: AssociatedData,
        into output: UnsafeMutableRawBufferPointer,
        by library: Library? = nil
    ) throws(CryptographyError) {
        requireSizes(key, iv)
        precondition(output.count == plaintext.count + tagBytes, "the output holds ciphertext and tag")
        switch library ?? .fastest(for: plaintext.count, data) {
        case .libcrypto:
            try LibcryptoGCM.seal(plaintext, key: key, iv: iv, authenticating: data, into: output)
        case .libsodium:
            try SodiumGCM.seal(plaintext, key: key, iv: iv, authenticating: data, into: output)
        }
    }

    /// Decrypts ciphertext and tag into `output`; throws `.invalidCiphertext` and wipes it when the tag is
    /// wrong.
    static func open(
        _ sealed: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        iv: UnsafeRawBufferPointer,
        authenticating data: AssociatedData,
        into output: UnsafeMutableRawBufferPointer,
        by library: Library? = nil
    ) throws(CryptographyError) {
        guard sealed.count >= tagBytes else { throw .invalidCiphertext }
        requireSizes(key, iv)
        precondition(output.count == sealed.count - tagBytes, "the output holds the plaintext")
        do throws(CryptographyError) {
            switch library ?? .fastest(for: output.count, data) {
            case .libcrypto:
                try LibcryptoGCM.open(sealed, key: key, iv: iv, authenticating: data, into: output)
            case .libsodium:
                try SodiumGCM.open(sealed, key: key, iv: iv, authenticating: data, into: output)
            }
        } catch {
            OPENSSL_cleanse(output.baseAddress, output.count)
            throw error
        }
    }

    private static func requireSizes(_ key: UnsafeRawBufferPointer, _ iv: UnsafeRawBufferPointer) {
        precondition(key.count == keyBytes && iv.count == ivBytes, "AES-256-GCM takes 32 and 12 bytes")
    }
}
