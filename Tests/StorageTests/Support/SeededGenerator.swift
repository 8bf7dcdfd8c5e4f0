/// Random numbers that a seed repeats, so that a failure that names its seed can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// A text with one byte changed, removed or added, or cut short.
    mutating func mutation(of bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let index = Int.random(in: 0..<max(1, bytes.count), using: &self)
        switch Int.random(in: 0..<4, using: &self) {
        case 0 where !bytes.isEmpty: bytes[index] ^= UInt8.random(in: 1...255, using: &self)
        case 1 where !bytes.isEmpty: bytes.remove(at: index)
        case 2: bytes.removeLast(bytes.count - min(index, bytes.count))
        default: bytes.insert(UInt8.random(in: 0...255, using: &self), at: min(index, bytes.count))
        }
        return bytes
    }
}
