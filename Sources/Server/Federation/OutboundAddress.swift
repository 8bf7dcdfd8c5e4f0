import Glibc

/// An IP address that the server is about to call because somebody's settings name it.
///
/// Addresses at which machines keep what is for themselves alone, above all the credentials that clouds give to
/// their instances, are never called on behalf of others.
package struct OutboundAddress: Hashable, Sendable, CustomStringConvertible {
    /// 16 bytes; IPv4 addresses in their mapped form (RFC 4291 section 2.5.5.2).
    private let bytes: [UInt8]
    package let description: String

    private static let mappedPrefix: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

    /// Reads an address without brackets; nil for names.
    package init?(_ text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = Self.mappedPrefix + withUnsafeBytes(of: four) { Array($0) }
            description = text
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        bytes = withUnsafeBytes(of: six) { Array($0) }
        description = text
    }

    /// The last four bytes, where the address is one of IPv4, also inside of one of IPv6 (RFC 6052 section 2.1).
    private var four: [UInt8]? {
        let isEmbedded =
            bytes.starts(with: Self.mappedPrefix)
            || bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B] + Array(repeating: 0, count: 8))
        return isEmbedded ? Array(bytes[12...]) : nil
    }

    package var isLoopback: Bool {
        if let four { return four[0] == 127 }
        return bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// Whether no call may go there: link-local, unspecified, multicast and reserved addresses, and those at
    /// which clouds answer for metadata.
    package var isForbidden: Bool {
        if let four {
            switch (four[0], four[1], four[2], four[3]) {
            case (0, _, _, _), (169, 254, _, _), (224...255, _, _, _): return true
            // Alibaba Cloud and Oracle Cloud.
            case (100, 100, 100, 200), (192, 0, 0, 192): return true
            default: return false
            }
        }
        // An address of IPv4 in the form that was given up (RFC 4291 section 2.5.5.1) is nobody's.
        if bytes.prefix(12).allSatisfy({ $0 == 0 }), !isLoopback { return true }
        let isLinkLocal = bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
        // The metadata and credential services of AWS: fd00:ec2::/32.
        let isMetadata = bytes.starts(with: [0xFD, 0x00, 0x0E, 0xC2])
        return isLinkLocal || isMetadata || bytes[0] == 0xFF
    }
}
