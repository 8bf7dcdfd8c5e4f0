import COpenSSL

/// Hashes of the bytes of a request.
enum Digest {
    /// Appends the 64 hexadecimal digits of the SHA-256 of some bytes.
    static func appendHex(ofSHA256 bytes: [UInt8], to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
            let status = bytes.withUnsafeBytes {
                strongroom_sha256($0.baseAddress, $0.count, nil, 0, digest.baseAddress)
            }
            // It fails for a wrong pointer only.
            precondition(status == 1, "libcrypto cannot hash")
            Hex.append(UnsafeRawBufferPointer(digest), to: &text)
        }
    }
}
