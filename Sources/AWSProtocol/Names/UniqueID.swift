import Synchronization

/// The id of one request, as `x-amzn-RequestId` shows it.
package typealias RequestID = UniqueID<RequestPurpose>
/// The id of one audit event.
package typealias EventID = UniqueID<EventPurpose>

/// Marks the ids of requests.
package enum RequestPurpose {}
/// Marks the ids of audit events.
package enum EventPurpose {}

/// A version 4 UUID in lower-case text (RFC 9562), cheap enough for several per request.
///
/// Unique, but not unpredictable: who has seen one can compute the next. It must never serve as a token.
package struct UniqueID<Purpose>: WireText {
    /// The 16 bytes as two big-endian words.
    package let high: UInt64
    package let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A fresh id: a counter scrambled with two random words that the process draws once.
    package static func random() -> UniqueID {
        let (high, low) = UniqueIDSource.next()
        return UniqueID(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x0000_0000_0000_4000,
            low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        )
    }

    /// Nil unless the text is 36 characters of lower-case hexadecimal digits and hyphens in their places.
    package init?(_ text: String) {
        guard text.utf8.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for (index, byte) in text.utf8.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Hex.value(of: byte), !byte.isASCIIUppercase else { return nil }
            words.0 = words.0 << 4 | words.1 >> 60
            words.1 = words.1 << 4 | UInt64(digit)
        }
        (high, low) = words
    }

    /// The length of every id's text.
    package static var textBytes: Int { 36 }

    package var description: String {
        String(unsafeUninitializedCapacity: Self.textBytes) { buffer in
            write(into: UnsafeMutableRawBufferPointer(buffer))
            return Self.textBytes
        }
    }

    /// Appends the 36 bytes of the text.
    package func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: 36))
        bytes.withUnsafeMutableBytes { write(into: .init(rebasing: $0[start...])) }
    }

    /// Writes the text into memory of at least ``textBytes``: four words of eight digits, the two in the middle with a
    /// hyphen in their own middle.
    package func write(into text: UnsafeMutableRawBufferPointer) {
        precondition(text.count >= Self.textBytes, "no room for the text of an id")
        text.storeBytes(of: Hex.digits(of: UInt32(truncatingIfNeeded: high >> 32)), as: UInt64.self)
        write(UInt32(truncatingIfNeeded: high), betweenHyphensAt: 8, of: text)
        write(UInt32(truncatingIfNeeded: low >> 32), betweenHyphensAt: 18, of: text)
        let last = Hex.digits(of: UInt32(truncatingIfNeeded: low))
        text.storeBytes(of: last, toByteOffset: 28, as: UInt64.self)
    }

    private func write(
        _ word: UInt32,
        betweenHyphensAt start: Int,
        of text: UnsafeMutableRawBufferPointer
    ) {
        text.storeBytes(of: Hex.digits(of: word), toByteOffset: start + 2, as: UInt64.self)
        let half = text.loadUnaligned(fromByteOffset: start + 2, as: UInt32.self)
        text.storeBytes(of: half, toByteOffset: start + 1, as: UInt32.self)
        text[start] = UInt8(ascii: "-")
        text[start + 5] = UInt8(ascii: "-")
    }
}

/// Makes pairs of words that never repeat within a process and, by their seed, not between processes.
private enum UniqueIDSource {
    private static let counter = Atomic<UInt64>(0)
    private static let seed = (
        high: UInt64.random(in: .min ... .max), low: UInt64.random(in: .min ... .max)
    )

    static func next() -> (high: UInt64, low: UInt64) {
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
        return (scramble(seed.high &+ count &* 0x9E37_79B9_7F4A_7C15), scramble(seed.low ^ count))
    }

    /// A bijection whose every output bit depends on every input bit: the finalizer of MurmurHash3.
    private static func scramble(_ input: UInt64) -> UInt64 {
        var word = (input ^ input >> 33) &* 0xFF51_AFD7_ED55_8CCD
        word = (word ^ word >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return word ^ word >> 33
    }
}
