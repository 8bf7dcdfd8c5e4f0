/// Puts a text together in one allocation, where interpolation takes another for each growth.
///
/// For names that every request writes several times, such as ARNs and record keys.
package struct TextBuilder: ~Copyable {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    fileprivate private(set) var count = 0

    fileprivate init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    package mutating func append(_ text: String) {
        text.withUTF8Bytes { bytes in
            guard let source = bytes.baseAddress else { return }
            append(byteCount: bytes.count) { $0.update(from: source, count: bytes.count) }
        }
    }

    /// Appends so many bytes of UTF-8 that `write` puts where it is told to.
    package mutating func append(byteCount: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Void) {
        precondition(byteCount <= buffer.count - count, "a text longer than was said")
        guard let base = buffer.baseAddress else { return }
        write(base + count)
        count += byteCount
    }
}

extension String {
    /// The text that `build` appends, of at most so many bytes of UTF-8.
    package static func built(byteCountMax: Int, _ build: (inout TextBuilder) -> Void) -> String {
        String(unsafeUninitializedCapacity: byteCountMax) { buffer in
            var text = TextBuilder(buffer)
            build(&text)
            return text.count
        }
    }
}
