import COpenSSL

/// Comparisons whose time does not tell where two values differ.
package enum ConstantTime {
    /// Compares in a time that depends on the lengths only.
    package static func areEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard one.count == other.count else { return false }
        guard let left = one.baseAddress, let right = other.baseAddress else { return one.isEmpty }
        return CRYPTO_memcmp(left, right, one.count) == 0
    }

    /// Compares two byte arrays in a time that depends on the lengths only.
    package static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.withUnsafeBytes { left in other.withUnsafeBytes { right in areEqual(left, right) } }
    }

    /// Compares the UTF-8 bytes of two strings in a time that depends on their lengths only.
    package static func areEqual(_ one: String, _ other: String) -> Bool {
        areEqual(Array(one.utf8), Array(other.utf8))
    }
}
