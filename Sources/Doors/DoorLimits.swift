import Glibc

/// What one door lets a peer take of the server.
package struct DoorLimits: Sendable {
    /// Connections at a time; further ones wait in the kernel's queue.
    package var connectionsMax = 10_000
    /// Names and values of all headers of a request together, in bytes.
    package var headerBytesMax = 32 * 1024
    package var headersMax = 200
    /// How long a connection may be without a request, in seconds.
    package var idleSecondsMax: Int64 = 60
    /// How long a request may take to arrive, from its first byte to its last, in seconds.
    package var arrivalSecondsMax: Int64 = 30
    /// How long a peer may leave answers that wait for it untouched, in seconds.
    package var takingSecondsMax: Int64 = 30
    /// How long a peer that has not sent its request whole, or not taken its answer, may hold up the end of the
    /// server, in seconds.
    package var farewellSecondsMax: Int64 = 5
    /// How long a TLS handshake may take, in seconds.
    package var handshakeSecondsMax: Int64 = 10
    /// TLS handshakes that are not finished at a time; when there are more, those older than a second give way.
    package var handshakesMax = 512
    /// Doors that share the process's open files.
    package var doors = 2

    package init() {}

    /// The connections that the process may have open files for, at all its doors and beside the store and the trail.
    package var connectionsPossible: Int {
        var files = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else {
            return connectionsMax
        }
        let filesMax = Int(clamping: files.rlim_cur)
        return max(1, min(connectionsMax, (filesMax - Self.otherFiles) / doors))
    }

    /// Segments of the trail, the store's connections, the libraries' own.
    private static let otherFiles = 128
}
