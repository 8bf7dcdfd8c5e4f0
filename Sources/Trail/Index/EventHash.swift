/// Short hashes by which an index finds candidates; each is then held against the event itself.
///
/// The seed is the trail's own, so that nobody outside can make texts that collide.
struct EventHash {
    private let seed: UInt64

    init(_ trail: TrailID) {
        seed = UInt64(trail.description.prefix(16), radix: 16) ?? 0
    }

    /// The hash of a text; 0 is that of no text.
    func callAsFunction(_ text: UnsafeRawBufferPointer?) -> UInt32 {
        guard let text else { return 0 }
        return Self.fold(mix(text, seed))
    }

    /// The hash of an account in a Region.
    func place(account: UnsafeRawBufferPointer?, region: UnsafeRawBufferPointer?) -> UInt32 {
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        return Self.fold(mix(region ?? empty, mix(account ?? empty, seed)))
    }

    func callAsFunction(bytes text: [UInt8]) -> UInt32 {
        text.withUnsafeBytes { self($0) }
    }

    func place(accountBytes: [UInt8], regionBytes: [UInt8]) -> UInt32 {
        accountBytes.withUnsafeBytes { account in
            regionBytes.withUnsafeBytes { place(account: account, region: $0) }
        }
    }

    private func mix(_ text: UnsafeRawBufferPointer, _ seed: UInt64) -> UInt64 {
        var state = seed ^ (UInt64(text.count) &* 0x9E37_79B9_7F4A_7C15)
        var index = 0
        while index + 8 <= text.count {
            let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            state = Self.multiply(state ^ word, 0xA076_1D64_78BD_642F)
            index += 8
        }
        var rest: UInt64 = 0
        while index < text.count {
            rest = rest << 8 | UInt64(text[index])
            index += 1
        }
        return Self.multiply(state ^ rest, 0xE703_7ED1_A0B4_28DB)
    }

    /// The two halves of the product, one over the other.
    private static func multiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    private static func fold(_ value: UInt64) -> UInt32 {
        let folded = UInt32(truncatingIfNeeded: value ^ (value >> 32))
        return folded == 0 ? 1 : folded
    }
}
