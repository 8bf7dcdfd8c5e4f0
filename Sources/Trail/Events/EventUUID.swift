/// The 16 bytes of a UUID, written in lower case (RFC 9562), which an event is written with thousands of times
/// a second: no String is made of it.
package struct EventUUID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// Takes the bytes as two big-endian words.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    static let textBytes = 36

    /// Writes the text into memory of `textBytes` bytes.
    func write(to text: UnsafeMutablePointer<UInt8>) {
        let text = UnsafeMutableRawPointer(text)
        text.storeBytes(of: LowercaseHex.digits(of: UInt32(truncatingIfNeeded: high >> 32)), as: UInt64.self)
        write(UInt32(truncatingIfNeeded: high), betweenHyphensAt: 8, of: text)
        write(UInt32(truncatingIfNeeded: low >> 32), betweenHyphensAt: 18, of: text)
        let last = LowercaseHex.digits(of: UInt32(truncatingIfNeeded: low))
        text.storeBytes(of: last, toByteOffset: 28, as: UInt64.self)
    }

    /// Writes eight digits with a hyphen before them and one in their middle.
    private func write(_ word: UInt32, betweenHyphensAt start: Int, of text: UnsafeMutableRawPointer) {
        let digits = LowercaseHex.digits(of: word)
        text.storeBytes(of: digits, toByteOffset: start + 2, as: UInt64.self)
        let half = text.loadUnaligned(fromByteOffset: start + 2, as: UInt32.self)
        text.storeBytes(of: half, toByteOffset: start + 1, as: UInt32.self)
        text.storeBytes(of: 0x2D, toByteOffset: start, as: UInt8.self)
        text.storeBytes(of: 0x2D, toByteOffset: start + 5, as: UInt8.self)
    }
}
