import Foundation
import Glibc

/// The address of an HTTP endpoint, read strictly.
package struct EndpointURL: Hashable, Sendable {
    package let text: String
    package let isSecure: Bool
    /// A name or an address, without the brackets of IPv6.
    package let host: String
    package let port: Int

    private static let bytesMax = 2_048

    /// Nil unless the text is an http or https address of a host, without a user and without a fragment.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", parts.user == nil, parts.password == nil,
            parts.fragment == nil, let host = parts.host, !host.isEmpty, (1...65_535).contains(parts.port ?? 80)
        else { return nil }
        self.text = text
        isSecure = scheme == "https"
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? (isSecure ? 443 : 80)
    }

    /// Whether the host is an address and no name.
    package var isNumeric: Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
    }
}
