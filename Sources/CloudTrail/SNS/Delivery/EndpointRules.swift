import Glibc

/// Which endpoints messages may be sent to.
///
/// The server can reach what its callers cannot: the metadata service of the machine it runs on, doors that are open
/// to the machine itself. An endpoint must not be a way there.
package struct EndpointRules: Hashable, Sendable {
    /// Whether addresses of the machine itself may be endpoints.
    package let allowsLoopback: Bool
    /// Whether there is a server for mail.
    package let sendsMail: Bool

    package init(allowsLoopback: Bool, sendsMail: Bool) {
        self.allowsLoopback = allowsLoopback
        self.sendsMail = sendsMail
    }

    /// Why an address must not be connected to; nil when it may be.
    ///
    /// The address is text, as `getnameinfo` writes it; what is no address is refused.
    package func refusal(ofAddress text: String) -> String? {
        let text = String(text.prefix { $0 != "%" })
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            guard inet_pton(family, text, &bytes) == 1 else { continue }
            return count == 4 ? refusal(ofIPv4: bytes) : refusal(ofIPv6: bytes)
        }
        return "it is no address"
    }

    private func refusal(ofIPv4 bytes: [UInt8]) -> String? {
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0, _, _, _): "the address is unspecified"
        case (127, _, _, _): allowsLoopback ? nil : "the address is the machine's own"
        case (169, 254, _, _): "the address is link-local"
        // Metadata of other clouds: Alibaba's and Azure's.
        case (100, 100, 100, 200), (168, 63, 129, 16): "the address is one of machine metadata"
        case (192, 0, 0, 192): "the address is one of machine metadata"
        case (224..., _, _, _): "the address is multicast, broadcast or reserved"
        default: nil
        }
    }

    private func refusal(ofIPv6 bytes: [UInt8]) -> String? {
        // Addresses that stand for one of IPv4: mapped, compatible, NAT64 and 6to4.
        let isZero = bytes[..<10].allSatisfy { $0 == 0 }
        if isZero, bytes[10] == 0xFF, bytes[11] == 0xFF { return refusal(ofIPv4: Array(bytes[12...])) }
        if bytes[..<12].allSatisfy({ $0 == 0 }) {
            switch Array(bytes[12...]) {
            case [0, 0, 0, 0]: return "the address is unspecified"
            case [0, 0, 0, 1]: return allowsLoopback ? nil : "the address is the machine's own"
            default: return refusal(ofIPv4: Array(bytes[12...]))
            }
        }
        if bytes.starts(with: [0, 0x64, 0xFF, 0x9B]) { return refusal(ofIPv4: Array(bytes[12...])) }
        if bytes.starts(with: [0x20, 0x02]) { return refusal(ofIPv4: Array(bytes[2..<6])) }
        // fd00:ec2::254 is Amazon's metadata service, fd20:ce::254 Google's.
        let isMetadata =
            bytes.starts(with: [0xFD, 0x00, 0x0E, 0xC2]) || bytes.starts(with: [0xFD, 0x20, 0x00, 0xCE])
        if isMetadata { return "the address is one of machine metadata" }
        if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 { return "the address is link-local" }
        if bytes[0] == 0xFF { return "the address is multicast" }
        return nil
    }
}
