/// Numbers by 64-bit hashes: a table without a single allocation or key comparison beyond the hash on look-up.
///
/// Two texts of one hash share their numbers, so what is found is a candidate and no answer.
struct HashIndex: Sendable {
    private var keys: [UInt64] = []
    private var values: [Int32] = []
    private let mask: Int

    private static let free: Int32 = -1

    /// Makes a table of entries whose hashes differ.
    init(_ entries: [UInt64: Int32]) {
        var capacity = 2
        while capacity < entries.count * 2 { capacity *= 2 }
        mask = capacity - 1
        keys = Array(repeating: 0, count: capacity)
        values = Array(repeating: Self.free, count: capacity)
        for (key, value) in entries {
            var slot = Int(truncatingIfNeeded: key) & mask
            while values[slot] != Self.free { slot = (slot + 1) & mask }
            keys[slot] = key
            values[slot] = value
        }
    }

    subscript(key: UInt64) -> Int? {
        var slot = Int(truncatingIfNeeded: key) & mask
        while values[slot] != Self.free {
            if keys[slot] == key { return Int(values[slot]) }
            slot = (slot + 1) & mask
        }
        return nil
    }
}

/// FNV-1a over bytes, one at a time, so that a text's prefixes are hashed on the way.
struct TextHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    /// The hash with its bits mixed, as low bits of FNV alone depend on low bits of the text.
    var mixed: UInt64 { value ^ value >> 32 }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = TextHash()
        for byte in bytes { hash.add(byte) }
        return hash.mixed
    }
}
