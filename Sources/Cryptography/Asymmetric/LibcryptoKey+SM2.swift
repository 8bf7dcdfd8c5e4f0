import COpenSSL

extension LibcryptoKey {
    /// The default identity of the signer (GM/T 0009, section 10).
    private static let sm2Identity = "1234567812345678"

    /// Signs a message with SM2 and SM3; what is hashed begins with a digest of identity, curve and public
    /// key.
    func signSM2(message: UnsafeRawBufferPointer) throws(CryptographyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .libraryFailure(.signing) }
        defer { EVP_MD_CTX_free(context) }
        var parameters: OpaquePointer?
        guard EVP_DigestSignInit_ex(context, &parameters, "SM3", nil, nil, handle, nil) == 1,
            Self.setIdentity(parameters)
        else {
            ERR_clear_error()
            throw .libraryFailure(.signing)
        }
        let input = message.assumingMemoryBound(to: UInt8.self)
        return try collectSignature { output, length in
            EVP_DigestSign(context, output, &length, input.baseAddress, input.count) == 1
        }
    }

    /// Whether an SM2 signature, DER, is this key's over the message.
    func isValidSM2(signature: [UInt8], message: UnsafeRawBufferPointer) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        var parameters: OpaquePointer?
        let input = message.assumingMemoryBound(to: UInt8.self)
        guard !signature.isEmpty,
            EVP_DigestVerifyInit_ex(context, &parameters, "SM3", nil, nil, handle, nil) == 1,
            Self.setIdentity(parameters),
            EVP_DigestVerify(context, signature, signature.count, input.baseAddress, input.count) == 1
        else {
            ERR_clear_error()
            return false
        }
        return true
    }

    private static func setIdentity(_ context: OpaquePointer?) -> Bool {
        EVP_PKEY_CTX_set1_id(context, sm2Identity, Int32(sm2Identity.utf8.count)) > 0
    }
}
