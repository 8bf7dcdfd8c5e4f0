@testable import Cryptography

extension [UInt8] {
    /// The bytes of hexadecimal digits of either case, an odd count read as if a zero came first.
    init(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        precondition(text.allSatisfy(\.isHexDigit), "not hexadecimal")
        let values = digits.map { ($0 & 0x0F) + ($0 > UInt8(ascii: "9") ? 9 : 0) }
        let whole = values.count.isMultiple(of: 2) ? values : [0] + values
        self = stride(from: 0, to: whole.count, by: 2).map { whole[$0] << 4 | whole[$0 + 1] }
    }

    func leftPadded(to count: Int) -> [UInt8] {
        let digits = drop { $0 == 0 }
        return [UInt8](repeating: 0, count: Swift.max(0, count - digits.count)) + digits
    }

    func flippingBit(_ bit: Int) -> [UInt8] {
        var copy = self
        copy[bit / 8] ^= 1 << (bit % 8)
        return copy
    }
}

extension SecretBytes {
    /// The bytes of a secret that only a test knows.
    var exposedInTest: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// Bytes that are the same in every run with the same seed (SplitMix64).
struct RepeatableBytes: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
