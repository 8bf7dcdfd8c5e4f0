package import struct Foundation.Date

/// The 16 bytes that name a key, and whether it is a multi-Region key.
///
/// Its text is what AWS calls the key id: a lower-case UUID with dashes, or `mrk-` and 32 lower-case hex
/// digits. Fresh ids are version 7 UUIDs (RFC 9562 section 5.7), which begin with the time: keys made together lie
/// together in the store, so that a hundred of them change a few of its pages and not a hundred. Any 16 bytes are read:
/// ids of earlier builds are of version 4, and the documentation's own examples of none.
package struct KeyUniqueID: Hashable, Sendable {
    package static let byteCount = 16

    private let high: UInt64
    private let low: UInt64
    package let isMultiRegion: Bool

    private init(high: UInt64, low: UInt64, isMultiRegion: Bool) {
        self.high = high
        self.low = low
        self.isMultiRegion = isMultiRegion
    }

    /// Draws a fresh id for a key that is made at a moment; 74 of its bits are random.
    package static func generate(multiRegion: Bool, at moment: Date) -> KeyUniqueID {
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { RandomSource.fill($0) }
        let milliseconds = UInt64(max(0, moment.timeIntervalSince1970 * 1000))
        // 48 bits of time, the version's four, 12 random bits; the variant's two, 62 random bits.
        return KeyUniqueID(
            high: milliseconds << 16 | 0x7000 | words.0 & 0xFFF,
            low: words.1 & ~(0b11 << 62) | (0b10 << 62),
            isMultiRegion: multiRegion
        )
    }

    /// Takes the 16 bytes of a ciphertext's header, or nil when there are not 16.
    package init?(bytes: some Collection<UInt8>, isMultiRegion: Bool) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(
            high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
            low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) },
            isMultiRegion: isMultiRegion
        )
    }

    /// Gives the 16 bytes in the order in which their hex digits are written.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }

    package var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}

// MARK: Text

extension KeyUniqueID {
    /// Reads the one text form that each kind of key has; upper-case digits and missing dashes are refused.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        let parsed = text.withUTF8 { Self.parse($0) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// Reads the same form from bytes.
    package init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        guard let parsed = Self.parse(text) else { return nil }
        self = parsed
    }

    /// The number of bytes that ``write(to:)`` writes: the same for both kinds.
    package static let textByteCount = 36

    /// Writes the text form's 36 ASCII bytes; for answers that are built without strings.
    package func write(to target: UnsafeMutablePointer<UInt8>) {
        var index = 0
        if isMultiRegion {
            for byte in Self.multiRegionPrefix {
                target[index] = byte
                index += 1
            }
        }
        for position in 0..<Self.byteCount {
            if !isMultiRegion, Self.dashBefore(position) {
                target[index] = UInt8(ascii: "-")
                index += 1
            }
            let word = position < 8 ? high : low
            let byte = UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64(position & 7)))
            Hex.write(byte, to: target + index)
            index += 2
        }
    }

    package var text: String {
        String(unsafeUninitializedCapacity: Self.textByteCount) { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            write(to: base)
            return Self.textByteCount
        }
    }

    private static let multiRegionPrefix = Array("mrk-".utf8)

    private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> KeyUniqueID? {
        guard text.count == textByteCount else { return nil }
        let isMultiRegion = text.starts(with: multiRegionPrefix)
        var index = isMultiRegion ? multiRegionPrefix.count : 0
        var words: (UInt64, UInt64) = (0, 0)
        for position in 0..<byteCount {
            if !isMultiRegion, dashBefore(position) {
                guard text[index] == UInt8(ascii: "-") else { return nil }
                index += 1
            }
            guard let upper = Hex.value(ofLowerCase: text[index]),
                let lower = Hex.value(ofLowerCase: text[index + 1])
            else { return nil }
            let byte = UInt64(upper << 4 | lower)
            if position < 8 { words.0 = words.0 << 8 | byte } else { words.1 = words.1 << 8 | byte }
            index += 2
        }
        return KeyUniqueID(high: words.0, low: words.1, isMultiRegion: isMultiRegion)
    }

    private static func dashBefore(_ position: Int) -> Bool {
        position == 4 || position == 6 || position == 8 || position == 10
    }
}

extension KeyUniqueID: CustomStringConvertible {
    package var description: String { text }
}

extension KeyUniqueID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = KeyUniqueID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a key id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
