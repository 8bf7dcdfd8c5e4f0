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

    package init() {}
}
