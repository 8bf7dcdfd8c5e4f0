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
        var position = 0
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                text[position] = 0x2D
                position += 1
            }
            let word = nibble < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble & 15))) & 15
            text[position] = digit < 10 ? 0x30 + digit : 0x57 + digit
            position += 1
        }
    }
}
