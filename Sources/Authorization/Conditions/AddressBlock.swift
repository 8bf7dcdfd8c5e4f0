/// An IPv4 or IPv6 address, or a block of them in CIDR form.
///
/// An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) is its IPv4 address: a dual-stack socket reports clients so.
struct AddressBlock: Hashable, Sendable {
    private let bits: UInt128
    private let isV4: Bool
    private let prefixBits: Int

    private static let mappedPrefix: UInt128 = 0xFFFF << 32

    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or an address alone; nil for anything else.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = Self.address(Array(parts[0])) else { return nil }
        let width = address.isV4 ? 32 : 128
        var prefix = width
        if parts.count == 2 {
            guard let value = Self.decimal(Array(parts[1])[...], max: width) else { return nil }
            prefix = value
        }
        if !address.isV4, prefix >= 96, address.bits >> 32 == 0xFFFF {
            (bits, isV4, prefixBits) = (address.bits ^ Self.mappedPrefix, true, prefix - 96)
        } else {
            (bits, isV4, prefixBits) = (address.bits, address.isV4, prefix)
        }
    }

    /// Whether the other block lies wholly inside this one.
    func contains(_ other: AddressBlock) -> Bool {
        guard isV4 == other.isV4, other.prefixBits >= prefixBits else { return false }
        let shift = (isV4 ? 32 : 128) - prefixBits
        // Shifting by the whole width gives zero, so /0 contains everything of its family.
        return bits >> shift == other.bits >> shift
    }

    private static func address(_ text: [UInt8]) -> (bits: UInt128, isV4: Bool)? {
        if text.contains(UInt8(ascii: ":")) { return v6(text[...]).map { ($0, false) } }
        return v4(text[...]).map { (UInt128($0), true) }
    }

    private static func decimal(_ text: ArraySlice<UInt8>, max: Int) -> Int? {
        guard (1...3).contains(text.count), text.count == 1 || text.first != UInt8(ascii: "0") else {
            return nil
        }
        var value = 0
        for byte in text {
            guard let digit = Digit.value(byte) else { return nil }
            value = value * 10 + digit
        }
        return value <= max ? value : nil
    }

    private static func v4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let octets = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var bits: UInt32 = 0
        for octet in octets {
            guard let value = decimal(octet, max: 255) else { return nil }
            bits = bits << 8 | UInt32(value)
        }
        return bits
    }

    private static func v6(_ text: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        var gap: Int?
        for index in text.indices.dropLast() where text[index] == colon && text[index + 1] == colon {
            guard gap == nil else { return nil }
            gap = index
        }
        guard let gap else {
            guard let all = groups(text), all.count == 8 else { return nil }
            return joined(all)
        }
        guard let head = groups(text[..<gap], mayEndInV4: false), let tail = groups(text[(gap + 2)...]),
            head.count + tail.count <= 7
        else { return nil }
        let zeros = Array(repeating: UInt16(0), count: 8 - head.count - tail.count)
        return joined(head + zeros + tail)
    }

    private static func groups(_ text: ArraySlice<UInt8>, mayEndInV4: Bool = true) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if mayEndInV4, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let tail = v4(part) else { return nil }
                groups += [UInt16(truncatingIfNeeded: tail >> 16), UInt16(truncatingIfNeeded: tail)]
                continue
            }
            guard (1...4).contains(part.count) else { return nil }
            var value: UInt16 = 0
            for byte in part {
                guard let digit = Digit.hexValue(byte) else { return nil }
                value = value << 4 | UInt16(digit)
            }
            groups.append(value)
        }
        return groups
    }

    private static func joined(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }
}
