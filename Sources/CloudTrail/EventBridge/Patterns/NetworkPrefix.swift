import Glibc

/// A range of IPv4 or IPv6 addresses, as in `10.0.0.0/24`.
struct NetworkPrefix: Hashable, Sendable {
    private let address: [UInt8]
    private let bits: Int

    /// Nil unless the text is an address, a slash and a length.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = Self.bytes(of: String(parts[0])),
            parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let bits = Int(parts[1]), (0...(address.count * 8)).contains(bits)
        else { return nil }
        self.address = address
        self.bits = bits
    }

    func contains(_ text: String) -> Bool {
        guard let other = Self.bytes(of: text), other.count == address.count else { return false }
        let whole = bits / 8
        guard address[..<whole] == other[..<whole] else { return false }
        guard bits % 8 > 0 else { return true }
        let mask = ~(UInt8.max >> (bits % 8))
        return address[whole] & mask == other[whole] & mask
    }

    /// The four or sixteen bytes of an address in text.
    private static func bytes(of text: String) -> [UInt8]? {
        guard text.utf8.count <= Int(INET6_ADDRSTRLEN) else { return nil }
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
