import COpenSSL

/// ``AuthenticatedCipher`` over libcrypto, for messages of any length on any processor.
enum LibcryptoGCM {
    private static let tagBytes = AuthenticatedCipher.tagBytes

    static func seal(
        _ plaintext: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        iv: UnsafeRawBufferPointer,
        authenticating data: AuthenticatedCipher.AssociatedData,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        let context = try start(key: key, iv: iv, encrypting: 1)
        // Freeing cleanses the key schedule that the context holds.
        defer { EVP_CIPHER_CTX_free(context) }
        let bytes = output.bindMemory(to: UInt8.self).baseAddress
        var rest: Int32 = 0
        guard let bytes,
            authenticate(data, in: context),
            crypt(plaintext, in: context, into: bytes),
            EVP_CipherFinal_ex(context, bytes + plaintext.count, &rest) == 1,
            EVP_CIPHER_CTX_ctrl(
                context,
                EVP_CTRL_AEAD_GET_TAG,
                Int32(tagBytes),
                bytes + plaintext.count
            ) == 1
        else { throw .libraryFailure(.encryption) }
    }

    static func open(
        _ sealed: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        iv: UnsafeRawBufferPointer,
        authenticating data: AuthenticatedCipher.AssociatedData,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        let context = try start(key: key, iv: iv, encrypting: 0)
        defer { EVP_CIPHER_CTX_free(context) }
        let ciphertext = UnsafeRawBufferPointer(rebasing: sealed[0..<output.count])
        var tag: Tag = (0, 0)
        withUnsafeMutableBytes(of: &tag) { $0.copyBytes(from: sealed[output.count...]) }
        var rest: Int32 = 0
        // An empty plaintext has no address, yet the final call wants one.
        var nowhere: UInt8 = 0
        let opened = withUnsafeMutablePointer(to: &nowhere) { nowhere in
            let bytes = output.bindMemory(to: UInt8.self).baseAddress ?? nowhere
            return authenticate(data, in: context)
                && crypt(ciphertext, in: context, into: bytes)
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), &tag) == 1
                && EVP_CipherFinal_ex(context, bytes + output.count, &rest) == 1
        }
        guard opened else { throw .invalidCiphertext }
    }

    private typealias Tag = (UInt64, UInt64)

    private static func start(
        key: UnsafeRawBufferPointer,
        iv: UnsafeRawBufferPointer,
        encrypting: Int32
    ) throws(CryptographyError) -> OpaquePointer {
        guard let context = EVP_CIPHER_CTX_new() else {
            throw .libraryFailure(.encryption)
        }
        let status = EVP_CipherInit_ex2(
            context,
            Algorithm.aes256GCM.cipher,
            key.bindMemory(to: UInt8.self).baseAddress,
            iv.bindMemory(to: UInt8.self).baseAddress,
            encrypting,
            nil
        )
        guard status == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw .libraryFailure(.encryption)
        }
        return context
    }

    private static func authenticate(_ data: AuthenticatedCipher.AssociatedData, in context: OpaquePointer)
        -> Bool
    {
        update(data.header, in: context, into: nil) && update(data.context, in: context, into: nil)
    }

    private static func crypt(
        _ input: UnsafeRawBufferPointer,
        in context: OpaquePointer,
        into output: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        update(input, in: context, into: output)
    }

    private static func update(
        _ input: UnsafeRawBufferPointer,
        in context: OpaquePointer,
        into output: UnsafeMutablePointer<UInt8>?
    ) -> Bool {
        // libcrypto counts in Int32; everything sealed here has a limit far below.
        guard !input.isEmpty else { return true }
        guard let count = Int32(exactly: input.count) else { return false }
        var written: Int32 = 0
        let status = EVP_CipherUpdate(
            context,
            output,
            &written,
            input.bindMemory(to: UInt8.self).baseAddress,
            count
        )
        return status == 1 && written == count
    }
}

/// A fetched algorithm, because an implicit fetch costs a look-up in every call.
///
/// Unchecked: the cipher is fetched once and reference-counted atomically by libcrypto.
private struct Algorithm: @unchecked Sendable {
    let cipher: OpaquePointer?

    static let aes256GCM = Algorithm(cipher: EVP_CIPHER_fetch(nil, "AES-256-GCM", nil))
}
