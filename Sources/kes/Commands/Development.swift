import Doors
import Foundation
import Glibc
import KES
import KESServer

/// A server to try out: nothing of it outlives the process.
struct Development: Sendable {
    let admin: APIKey
    private let certificate: ServerCertificate

    private static let certificateDays: Int64 = 90

    init() throws {
        admin = APIKey()
        certificate = try ServerCertificate(
            IdentityCertificate(
                of: APIKey(),
                name: "kes",
                hosts: ["localhost"],
                addresses: Self.interfaceAddresses(),
                purpose: .clientAndServer,
                seconds: Self.certificateDays * 24 * 3600,
                now: SystemTime.now()
            )
        )
    }

    func launch(_ address: DoorAddress?) -> KESServerProcess.Launch {
        let (admin, certificate) = (admin.identity, certificate)
        // One store for all reloads: the keys stay as long as the process.
        let store = MemoryKeyStore()
        return KESServerProcess.Launch(
            configuration: {
                try KESConfiguration.parse(
                    """
                    admin: {identity: \(admin)}
                    tls: {key: made-at-start, cert: made-at-start}
                    log: {error: on, audit: on}
                    """,
                    environment: [:]
                )
            },
            keyStore: { _ in HeldKeyStore(store: store) {} },
            version: Release.version,
            address: address,
            certificate: { _ in certificate },
            verifiesClients: false
        )
    }

    /// The addresses of this machine, as certificates hold them.
    private static func interfaceAddresses() -> [[UInt8]] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [[127, 0, 0, 1]] }
        defer { freeifaddrs(first) }
        var found: [[UInt8]] = []
        var next = first
        while let interface = next?.pointee {
            next = interface.ifa_next
            guard let address = interface.ifa_addr else { continue }
            switch Int32(address.pointee.sa_family) {
            case AF_INET:
                address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { four in
                    found.append(withUnsafeBytes(of: four.pointee.sin_addr) { Array($0) })
                }
            case AF_INET6:
                address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
                    found.append(withUnsafeBytes(of: six.pointee.sin6_addr) { Array($0) })
                }
            default: continue
            }
        }
        return found.isEmpty ? [[127, 0, 0, 1]] : found
    }
}
