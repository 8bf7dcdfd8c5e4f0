import COpenSSL

/// The key derivation of NIST SP 800-108r1 section 4.1: counter mode, HMAC-SHA-256, a 32-bit counter in
/// front.
enum CounterKDF {
    /// HMAC-SHA-256 gives so many bytes an iteration.
    static let blockBytes = 32

    /// Fills `output` with `HMAC(key, 1 ‖ input) ‖ HMAC(key, 2 ‖ input) ‖ …`; `input` names purpose and
    /// length.
    static func derive(
        key: UnsafeRawBufferPointer,
        input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        precondition(!key.isEmpty, "a derivation needs a key")
        guard let template = HMACTemplate.sha256.context, let context = EVP_MAC_CTX_dup(template) else {
            throw .libraryFailure(.keyDerivation)
        }
        // Freeing cleanses the key that the context holds.
        defer { EVP_MAC_CTX_free(context) }
        var keyBytes = key.bindMemory(to: UInt8.self).baseAddress
        var keyCount = key.count
        var offset = 0
        var counter: UInt32 = 1
        while offset < output.count {
            let wanted = min(blockBytes, output.count - offset)
            let target = UnsafeMutableRawBufferPointer(rebasing: output[offset..<(offset + wanted)])
            // A nil key starts the next message under the key of the first.
            guard EVP_MAC_init(context, keyBytes, keyCount, nil) == 1,
                block(counter, of: input, with: context, into: target)
            else { throw .libraryFailure(.keyDerivation) }
            keyBytes = nil
            keyCount = 0
            offset += wanted
            counter += 1
        }
    }

    private static func block(
        _ counter: UInt32,
        of input: UnsafeRawBufferPointer,
        with context: OpaquePointer,
        into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: blockBytes, alignment: 8) { block in
            defer { OPENSSL_cleanse(block.baseAddress, blockBytes) }
            let counted = withUnsafeBytes(of: counter.bigEndian) { bytes in
                EVP_MAC_update(context, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
            }
            var written = 0
            guard counted == 1,
                EVP_MAC_update(context, input.bindMemory(to: UInt8.self).baseAddress, input.count) == 1,
                EVP_MAC_final(
                    context,
                    block.bindMemory(to: UInt8.self).baseAddress,
                    &written,
                    blockBytes
                ) == 1,
                written == blockBytes
            else { return false }
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[0..<target.count]))
            return true
        }
    }
}

/// An HMAC context with the digest chosen and no key; duplicating it is cheaper than making one.
///
/// Unchecked: the context is made once and afterwards only read by `EVP_MAC_CTX_dup`.
private struct HMACTemplate: @unchecked Sendable {
    let context: OpaquePointer?

    static let sha256 = HMACTemplate(digest: "SHA256")

    init(digest: String) {
        guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil), let fresh = EVP_MAC_CTX_new(algorithm) else {
            context = nil
            return
        }
        EVP_MAC_free(algorithm)
        var name = Array(digest.utf8CString)
        // A parameter points to its key and its value, which must both outlive the call that reads it.
        let status = OSSL_MAC_PARAM_DIGEST.withCString { key in
            name.withUnsafeMutableBufferPointer { name in
                var parameters = [
                    OSSL_PARAM_construct_utf8_string(key, name.baseAddress, 0),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_CTX_set_params(fresh, &parameters)
            }
        }
        context = status == 1 ? fresh : nil
    }
}
