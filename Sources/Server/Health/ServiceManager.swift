import Glibc

/// The service manager that started this process, if it wants to hear of it: sd_notify(3).
package struct ServiceManager: Sendable {
    private let path: String

    /// Takes the value of `NOTIFY_SOCKET`: an absolute path, or an abstract name behind `@`; nil for anything
    /// else.
    package init?(socket path: String) {
        guard path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count > 1,
            path.utf8.count < Self.pathBytesMax
        else { return nil }
        self.path = path
    }

    private static let pathBytesMax = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    /// Sends one message, such as `READY=1`.
    ///
    /// - Returns: Whether it could be sent; a service manager that does not listen is no reason to fail.
    @discardableResult
    package func tell(_ message: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        // An abstract name begins with a zero byte, and none ends it (unix(7)).
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = socklen_t(offset + name.count + (name[0] == 0 ? 0 : 1))
        let bytes = Array(message.utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
        return sent == bytes.count
    }
}
