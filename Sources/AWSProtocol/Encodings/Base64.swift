/// Base64 with the standard alphabet and padding (RFC 4648 section 4), as AWS writes blobs.
///
/// Both directions look nothing up in tables by the value of a byte, so their time and their cache traffic
/// do not tell the secrets they carry.
package enum Base64 {
    /// The length of the text that encodes so many bytes.
    package static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// The text of some bytes.
    package static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { text in
            bytes.withUnsafeBytes { encode($0, into: UnsafeMutableRawBufferPointer(text)) }
        }
    }

    /// Appends the text of some bytes to a buffer.
    package static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        text.append(count: encodedCount(bytes.count)) { _ = encode(bytes, into: $0) }
    }

    /// Writes the text of some bytes and returns its length; `text` must have room for `encodedCount`.
    @discardableResult
    package static func encode(
        _ bytes: UnsafeRawBufferPointer,
        into text: UnsafeMutableRawBufferPointer
    ) -> Int {
        let written = encodedCount(bytes.count)
        precondition(text.count >= written, "no room for the base64 text")
        guard let source = bytes.baseAddress, let target = text.baseAddress else { return 0 }
        var (read, wrote) = (0, 0)
        // A step reads eight bytes and uses six.
        while bytes.count - read >= 8 {
            let word = (source + read).loadUnaligned(as: UInt64.self).bigEndian
            (target + wrote).storeBytes(of: Base64Word.letters(of: word).bigEndian, as: UInt64.self)
            read += 6
            wrote += 8
        }
        while read < bytes.count {
            let rest = min(6, bytes.count - read)
            var word: UInt64 = 0
            for offset in 0..<rest { word |= UInt64(bytes[read + offset]) << (56 - 8 * UInt64(offset)) }
            let letters = Base64Word.letters(of: word)
            // As many letters as bytes and one more a group of three; padding fills the last group.
            let kept = rest <= 3 ? rest + 1 : rest + 2
            for offset in 0..<(rest <= 3 ? 4 : 8) {
                text[wrote + offset] =
                    offset < kept
                    ? UInt8(truncatingIfNeeded: letters >> (56 - 8 * UInt64(offset))) : UInt8(ascii: "=")
            }
            read += rest
            wrote += rest <= 3 ? 4 : 8
        }
        return written
    }

    /// The length of what a text decodes to; nil when its length cannot be right.
    package static func decodedCount(_ text: UnsafeRawBufferPointer) -> Int? {
        guard text.count.isMultiple(of: 4) else { return nil }
        return text.count / 4 * 3 - padding(text)
    }

    /// The bytes of a text; nil for another alphabet, white space, missing padding or stray bits.
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        text.withUnsafeBytes { decode($0) }
    }

    /// The bytes of a text; nil for another alphabet, white space, missing padding or stray bits.
    package static func decode(_ text: [UInt8]) -> [UInt8]? { text.withUnsafeBytes { decode($0) } }

    /// The bytes of a text; nil for another alphabet, white space, missing padding or stray bits.
    package static func decode(_ text: String) -> [UInt8]? {
        text.withUTF8Bytes { decode(UnsafeRawBufferPointer($0)) }
    }

    /// The bytes of a text; nil for another alphabet, white space, missing padding or stray bits.
    package static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let count = decodedCount(text) else { return nil }
        var isValid = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            isValid = decode(text, into: UnsafeMutableRawBufferPointer(buffer)) != nil
            initialized = isValid ? count : 0
        }
        return isValid ? bytes : nil
    }

    /// Decodes into memory of the caller, which must have room for `decodedCount`.
    ///
    /// - Returns: The count of bytes written, or nil when the text is not valid; then the memory holds
    ///   whatever preceded the fault.
    package static func decode(
        _ text: UnsafeRawBufferPointer,
        into bytes: UnsafeMutableRawBufferPointer
    ) -> Int? {
        guard let count = decodedCount(text), bytes.count >= count else { return nil }
        guard let source = text.baseAddress, let target = bytes.baseAddress else {
            return count == 0 ? 0 : nil
        }
        var (read, wrote) = (0, 0)
        // A step writes eight bytes, of which the next overwrites two: the last steps are made apart.
        while text.count - read > 12 {
            let letters = (source + read).loadUnaligned(as: UInt64.self).bigEndian
            guard let word = Base64Word.bytes(of: letters) else { return nil }
            (target + wrote).storeBytes(of: word.bigEndian, as: UInt64.self)
            read += 8
            wrote += 6
        }
        let end = text.count - padding(text)
        while read < end {
            // Letters that are absent count as `A`, which is zero.
            var letters: UInt64 = 0
            for offset in 0..<8 {
                let letter = read + offset < end ? text[read + offset] : UInt8(ascii: "A")
                letters = letters << 8 | UInt64(letter)
            }
            guard let word = Base64Word.bytes(of: letters) else { return nil }
            let rest = min(6, count - wrote)
            for offset in 0..<rest {
                bytes[wrote + offset] = UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64(offset)))
            }
            // Bits behind the last byte: two texts would mean the same bytes.
            if word << (8 * UInt64(rest)) != 0 { return nil }
            read += 8
            wrote += rest
        }
        return count
    }

    /// How many equal signs end a text whose length is a multiple of four.
    private static func padding(_ text: UnsafeRawBufferPointer) -> Int {
        guard let last = text.last, last == UInt8(ascii: "=") else { return 0 }
        return text[text.count - 2] == UInt8(ascii: "=") ? 2 : 1
    }
}
