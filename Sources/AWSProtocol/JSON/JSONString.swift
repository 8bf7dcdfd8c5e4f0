/// The text of a JSON string, decoded; it prints only its length.
package struct JSONString: Hashable, Sendable {
    /// A part of the input when the string has no escapes, and its own bytes otherwise.
    let slice: ByteSlice

    init(_ slice: ByteSlice) { self.slice = slice }

    package init(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(ByteSlice(bytes, from: 0, to: bytes.count))
    }

    /// The count of UTF-8 bytes.
    package var count: Int { slice.count }

    /// The UTF-8 bytes; no String is made.
    package var utf8: ArraySlice<UInt8> { slice.bytes }

    /// The text as a String, made anew each time.
    package var text: String { slice.text }

    /// Gives the UTF-8 bytes to `body`.
    package func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        slice.withBytes(body)
    }

    /// Compares without making a String.
    package func equals(_ text: String) -> Bool { text.withUTF8Bytes { slice.equals($0) } }
}
