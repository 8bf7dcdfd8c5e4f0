import COpenSSL

/// The first DER element of some bytes, as libcrypto's header reader sees it; nothing is copied.
struct DERElement {
    let content: UnsafeRawBufferPointer
    /// What follows the element.
    let rest: UnsafeRawBufferPointer
    private let tag: Int32
    private let tagClass: Int32

    init?(_ bytes: UnsafeRawBufferPointer) {
        var cursor = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        var (length, tag, tagClass) = (0, Int32(0), Int32(0))
        let start = cursor
        let flags = ASN1_get_object(&cursor, &length, &tag, &tagClass, bytes.count)
        // Bit 0x80 marks an error, 0x01 the indefinite length that DER forbids.
        guard flags & 0x81 == 0, let start, let cursor else {
            ERR_clear_error()
            return nil
        }
        let headerByteCount = cursor - start
        guard length >= 0, length <= bytes.count - headerByteCount else { return nil }
        content = UnsafeRawBufferPointer(rebasing: bytes[headerByteCount..<(headerByteCount + length)])
        rest = UnsafeRawBufferPointer(rebasing: bytes[(headerByteCount + length)...])
        (self.tag, self.tagClass) = (tag, tagClass)
    }

    func isContextTag(_ number: Int32) -> Bool { tagClass == V_ASN1_CONTEXT_SPECIFIC && tag == number }

    func isUniversal(_ number: Int32) -> Bool { tagClass == V_ASN1_UNIVERSAL && tag == number }
}
