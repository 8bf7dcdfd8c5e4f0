import Foundation
import Glibc

/// The address of an HTTP endpoint, read strictly.
package struct EndpointURL: Hashable, Sendable {
    /// The address as it was given.
    package let text: String
    /// The address put together anew from its parts, so that whoever reads it again finds the same host.
    package let canonicalText: String
    package let isSecure: Bool
    /// A name in lower case or an address, without the brackets of IPv6.
    package let host: String
    package let port: Int

    private static let bytesMax = 2_048

    /// Nil unless the text is an http or https address of a host, without a user and without a fragment.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", parts.user == nil, parts.password == nil,
            parts.fragment == nil, let written = parts.percentEncodedHost?.lowercased(),
            Self.isHost(written), (1...65_535).contains(parts.port ?? 80)
        else { return nil }
        self.text = text
        isSecure = scheme == "https"
        host = written.hasPrefix("[") ? String(written.dropFirst().dropLast()) : written
        port = parts.port ?? (isSecure ? 443 : 80)
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
        canonicalText = "\(scheme)://\(written):\(port)\(path)\(query)"
    }

    /// A plain name, an IPv4 address, or an IPv6 address in brackets: nothing that two readers could read in two
    /// ways.
    private static func isHost(_ text: String) -> Bool {
        if text.hasPrefix("[") {
            let inside = text.dropFirst().dropLast()
            return text.hasSuffix("]") && !inside.isEmpty
                && inside.utf8.allSatisfy { byte in
                    (UInt8(ascii: "0")...UInt8(ascii: ":")).contains(byte) || byte == UInt8(ascii: ".")
                        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
                }
        }
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || ".-_".utf8.contains(byte)
            }
    }

    /// Whether the host is an address and no name.
    package var isNumeric: Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
    }
}
