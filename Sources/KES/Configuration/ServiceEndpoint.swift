import struct Foundation.URLComponents

/// The address of a service that keeps keys.
enum ServiceEndpoint {
    /// The address with a scheme, `https` where it has none, and without a path; nil when it is none.
    static func parse(_ text: String) -> String? {
        let address = text.contains("://") ? text : "https://\(text)"
        guard let parts = URLComponents(string: address), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https",
            parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil,
            parts.user == nil
        else { return nil }
        return "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }
}
