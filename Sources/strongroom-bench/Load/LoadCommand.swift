import ArgumentParser
import BenchmarkKit
import Foundation
import Glibc

/// Sends prepared requests over kept-alive connections and prints a ``LoadReport``.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Load a server with prepared requests and print what it took, as JSON.",
        discussion: """
            Without --rate or --count every connection waits for its answer before it asks again, for --seconds. \
            With --rate so many requests a second are due on all connections together, and latency counts from \
            when a request was due. With --count so many requests are sent and no more.
            """
    )

    @Option(help: "Where the server listens, IPV4:PORT.")
    var address: String

    @Option(
        help:
            "The file of requests, used in turns: for each its length, 4 bytes little-endian, and its bytes."
    )
    var requests: String

    @Option(help: "Connections, over all threads.")
    var connections = 32

    @Option(help: "Threads of this program.")
    var threads = 1

    @Option(help: "Seconds that count.")
    var seconds = 2.0

    @Option(help: "Seconds before those that count.")
    var warmUp = 0.3

    @Option(help: "Requests per second, whether or not earlier ones were answered.")
    var rate: Double?

    @Option(help: "Requests in all; --seconds is then the most they may take.")
    var count: Int?

    @Option(help: "New connections per second.")
    var connectionRate = 5000.0

    @Option(help: "Seconds to wait for answers at the end.")
    var patience = 10.0

    @Option(help: "A PEM file of certificates to trust: connect with TLS.")
    var tlsAuthorities: String?

    @OptionGroup var identity: ClientIdentity

    @Flag(help: "Speak HTTP/2; the requests are frames of stream 0.")
    var http2 = false

    @Option(help: "Streams at a time on each connection of HTTP/2.")
    var streams = 1

    @Flag(help: "Make a request on each connection as soon as it is open, which does not count.")
    var askAtOnce = false

    @Option(help: "The status that answers must have.")
    var status = 200

    @Option(help: "Text that the body of every answer must contain.")
    var expect = ""

    @Option(help: "A process whose CPU time to measure; may be repeated.")
    var pid: [Int32] = []

    func validate() throws {
        guard threads > 0, connections >= threads else {
            throw ValidationError("--connections must be at least --threads, and that at least 1")
        }
        guard seconds > 0, warmUp >= 0, patience >= 0, connectionRate > 0, rate ?? 1 > 0, count ?? 1 > 0
        else {
            throw ValidationError("times, rates and counts must be over 0")
        }
        guard rate == nil || count == nil else {
            throw ValidationError("--rate and --count exclude each other")
        }
        guard streams > 0, streams == 1 || http2 else {
            throw ValidationError("--streams must be over 0, and needs --http2")
        }
        guard !http2 || status == 200 && tlsAuthorities != nil else {
            throw ValidationError("--http2 needs TLS, and looks for the status 200")
        }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        try OpenFiles.allow(connections + 64)
        guard let target = sockaddr_in(address), let host = address.split(separator: ":").first else {
            throw LoadError.address(address)
        }
        let plan = LoadPlan(
            address: target,
            tls: try tlsAuthorities.map {
                try TLSClient(
                    authorities: $0,
                    host: String(host),
                    identity: identity.files,
                    speaksHTTP2: http2
                )
            },
            isHTTP2: http2,
            streams: streams,
            asksAtOnce: askAtOnce,
            requests: try RequestList(file: Data(contentsOf: URL(filePath: requests))),
            expectation: Expectation(status: status, pattern: Array(expect.utf8)),
            pace: rate.map { .open(rate: $0) } ?? count.map { .counted($0) } ?? .closed,
            threads: threads,
            connections: connections,
            connectionRate: connectionRate
        )
        let run = LoadRun(
            plan: plan,
            watched: try ProcessClock(processes: pid),
            warmUpSeconds: count == nil ? warmUp : 0,
            seconds: seconds,
            patienceSeconds: patience
        )
        try JSONOutput.write(run.report())
    }
}

/// What a client of a server shows that asks for certificates.
struct ClientIdentity: ParsableArguments {
    @Option(help: "A PEM file with a certificate to show.")
    var tlsCertificate: String?

    @Option(help: "A PEM file with that certificate's private key.")
    var tlsKey: String?

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together")
        }
    }

    var files: (certificate: String, key: String)? {
        guard let tlsCertificate, let tlsKey else { return nil }
        return (tlsCertificate, tlsKey)
    }
}

/// The limit of open files, raised as far as the system lets it be.
enum OpenFiles {
    static func allow(_ wanted: Int) throws(LoadError) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw .lastSystemError("getrlimit")
        }
        guard limit.rlim_cur < UInt(wanted) else { return }
        guard limit.rlim_max >= UInt(wanted) else {
            throw .openFiles(wanted: wanted, allowed: Int(clamping: limit.rlim_max))
        }
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw .lastSystemError("setrlimit")
        }
    }
}
