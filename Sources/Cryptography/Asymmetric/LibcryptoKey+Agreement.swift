import COpenSSL

extension LibcryptoKey {
    /// The x-coordinate of the point this private key and the peer's public key share (SP 800-56A, 5.7.1.2).
    ///
    /// The peer's key is a SubjectPublicKeyInfo on the same curve, else `.invalidPublicKey`; that its point
    /// lies on the curve is checked twice, on reading it and on setting it as the peer.
    func sharedSecret(withPeer peer: [UInt8]) throws(CryptographyError) -> SecretBytes {
        let peerKey = try LibcryptoKey.load(spec, subjectPublicKeyInfo: peer)
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, handle, nil) else {
            throw .libraryFailure(.keyAgreement)
        }
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        guard EVP_PKEY_derive_init(context) > 0 else { throw .libraryFailure(.keyAgreement) }
        guard EVP_PKEY_derive_set_peer(context, peerKey.handle) > 0 else { throw .invalidPublicKey }
        var count = 0
        guard EVP_PKEY_derive(context, nil, &count) > 0 else { throw .libraryFailure(.keyAgreement) }
        return try SecretBytes(count: count) { buffer throws(CryptographyError) in
            var length = buffer.count
            let output = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard EVP_PKEY_derive(context, output, &length) > 0, length == buffer.count else {
                throw .libraryFailure(.keyAgreement)
            }
        }
    }
}
