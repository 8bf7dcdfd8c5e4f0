import Glibc
import NIOCore
import NIOPosix

/// Finds the addresses of a host in bounded time.
///
/// The resolver of the C library waits, and cannot be told for how long, so it runs on a thread of its own that
/// is not waited for beyond the limit.
struct AddressLookup: Sendable {
    let secondsMax: Int64

    /// The addresses of a host; empty when it has none, nil when nobody could tell in time.
    func addresses(of host: String) async -> [OutboundAddress]? {
        if let literal = OutboundAddress(host) { return [literal] }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let promise = loop.makePromise(of: [OutboundAddress]?.self)
        let limit = loop.scheduleTask(in: .seconds(secondsMax)) { promise.succeed(nil) }
        NIOThreadPool.singleton.submit { state in
            let found = state == .active ? Self.resolve(host) : nil
            // Whoever is late completes nothing: the first outcome stands.
            loop.execute {
                limit.cancel()
                promise.succeed(found)
            }
        }
        do {
            return try await promise.futureResult.get()
        } catch {
            return nil
        }
    }

    private static func resolve(_ host: String) -> [OutboundAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [OutboundAddress] = []
        var next = list
        while let entry = next {
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                entry.pointee.ai_addr,
                entry.pointee.ai_addrlen,
                &name,
                socklen_t(name.count),
                nil,
                0,
                NI_NUMERICHOST
            )
            let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // The scope of a link-local address follows a percent sign.
            let address = OutboundAddress(String(text.prefix { $0 != "%" }))
            if status == 0, let address, !found.contains(address) { found.append(address) }
            next = entry.pointee.ai_next
        }
        return found
    }
}
