import ArgumentParser
import BenchmarkKit
import Foundation
import Glibc
import Synchronization

/// Opens connections as fast as a server takes them: on each one handshake, one request, one answer.
struct HandshakesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handshakes",
        abstract: "Open TLS connections one after the other and print how many a second, as JSON."
    )

    @Option(help: "Where the server listens, IPV4:PORT.")
    var address: String

    @Option(help: "The file of requests, of which the first is sent on each connection.")
    var requests: String

    @Option(help: "Connections that are opened at a time.")
    var threads = 8

    @Option(help: "Seconds that count.")
    var seconds = 2.0

    @Option(help: "A PEM file of certificates to trust.")
    var tlsAuthorities: String

    @OptionGroup var identity: ClientIdentity

    @Option(help: "Text that the body of every answer must contain.")
    var expect = ""

    @Option(help: "A process whose CPU time to measure; may be repeated.")
    var pid: [Int32] = []

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        guard let target = sockaddr_in(address), let host = address.split(separator: ":").first else {
            throw LoadError.address(address)
        }
        let crew = HandshakeCrew(
            address: target,
            tls: try TLSClient(authorities: tlsAuthorities, host: String(host), identity: identity.files),
            requests: try RequestList(file: Data(contentsOf: URL(filePath: requests))),
            expectation: Expectation(status: 200, pattern: Array(expect.utf8))
        )
        let clock = try ProcessClock(processes: pid)
        let (before, own) = (clock.seconds, ProcessClock.own.seconds)
        let elapsed = crew.work(threads: threads, seconds: seconds)
        let (after, ownAfter) = (clock.seconds, ProcessClock.own.seconds)
        func usage(_ before: Double?, _ after: Double?) -> Double? {
            guard let before, let after else { return nil }
            return (after - before) / elapsed
        }
        let tally = crew.tally
        try JSONOutput.write(
            LoadReport(
                tally.latencies,
                seconds: elapsed,
                usage: .init(server: usage(before, after), client: usage(own, ownAfter) ?? 0),
                errors: tally.errors,
                firstError: tally.firstError
            )
        )
    }
}

/// Threads that each open one connection after the other.
private final class HandshakeCrew: Sendable {
    private let address: sockaddr_in
    private let tls: TLSClient
    private let requests: RequestList
    private let expectation: Expectation
    private let sum = Mutex(LoadTally())

    init(address: sockaddr_in, tls: TLSClient, requests: RequestList, expectation: Expectation) {
        self.address = address
        self.tls = tls
        self.requests = requests
        self.expectation = expectation
    }

    var tally: LoadTally { sum.withLock { $0 } }

    /// The seconds it took, a little more than asked for.
    func work(threads: Int, seconds: Double) -> Double {
        let start = MonotonicClock.now
        let end = start + UInt64(seconds * 1e9)
        let done = DispatchGroup()
        for _ in 0..<threads {
            done.enter()
            Thread.detachNewThread { [self] in
                var tally = LoadTally()
                while MonotonicClock.now < end { open(&tally) }
                sum.withLock { $0.merge(tally) }
                done.leave()
            }
        }
        done.wait()
        return Double(MonotonicClock.now - start) / 1e9
    }

    private func open(_ tally: inout LoadTally) {
        let start = MonotonicClock.now
        do throws(LoadError) {
            let transport = try Transport(to: address, tls: tls)
            let connection = LoadConnection(transport, isHTTP2: false)
            try connection.exchange(requests[0], expecting: expectation)
            tally.latencies.record(MonotonicClock.now - start)
        } catch {
            tally.note("\(error)")
        }
    }
}
