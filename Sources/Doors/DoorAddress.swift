/// Where a door listens: a host name or address, and a port.
package struct DoorAddress: Hashable, Sendable {
    package let host: String
    /// 0 lets the system choose.
    package let port: Int

    /// Reads `HOST:PORT`, an IPv6 address in brackets; nil for anything else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.host = host
        self.port = port
    }

    /// Whether only programs on the same machine can reach the address.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || host.split(separator: ".").count == 4 && host.hasPrefix("127.")
    }

    /// The address with the port that the system chose in place of 0.
    package func description(boundTo port: Int?) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(host):\(port ?? self.port)"
    }
}
