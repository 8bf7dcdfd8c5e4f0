import AWSProtocol
package import Crypto

/// Who a client is: the SHA-256 of the SubjectPublicKeyInfo of its certificate.
///
/// Written as 64 lower-case hexadecimal digits. Four words, because every request looks one up.
package struct Identity: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    /// Hashes the DER form of a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
    package init(subjectPublicKeyInfo der: some Sequence<UInt8>) {
        self.init(digest: SHA256.hash(data: Array(der)))
    }

    package init(digest: SHA256Digest) {
        words = digest.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    /// Reads 64 hexadecimal digits of either case; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 64, let bytes = Hex.decode(text) else { return nil }
        words = bytes.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    /// The 64 lower-case digits.
    package var text: String { withUnsafeBytes(of: words) { Hex.encode($0) } }

    package func hash(into hasher: inout Hasher) {
        // The words are a hash already; two of them tell apart what must be.
        hasher.combine(words[0])
        hasher.combine(words[1])
    }
}

extension Identity: CustomStringConvertible {
    package var description: String { text }
}
