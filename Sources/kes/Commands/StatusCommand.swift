import AWSProtocol
import ArgumentParser

/// Shows how a server is.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Show how a server is.")

    @OptionGroup var options: ClientOptions
    @OptionGroup var format: FormatOptions
    @Flag(name: .long, help: "Only whether the server answers.") var short = false
    @Flag(help: "Its routes too.") var api = false

    mutating func run() async throws {
        let wantsRoutes = api
        let (place, status, routes) = try await KESClient.with(options) { client in
            let clock = ContinuousClock()
            let start = clock.now
            let status = try await client.json(.get, "/v1/status")
            let latency = start.duration(to: clock.now)
            let routes = wantsRoutes ? try await client.json(.get, "/v1/api") : nil
            return ((client.place, latency), status, routes)
        }
        guard !format.json else {
            Output.print(bytes: JSONOutput.of(status))
            if let routes { Output.print(bytes: [UInt8(ascii: "\n")] + JSONOutput.of(routes)) }
            return
        }
        Output.print("● \(place.0)\n")
        if !short { Output.lines(Self.rows(status, place.1)) }
        for route in routes?.elements ?? [] {
            Output.print("  \(route.member("method").padded(to: 8)) \(route.member("path"))\n")
        }
    }

    private static func rows(_ status: JSON, _ latency: Duration) -> [String] {
        var rows = [
            ("Version", status.member("version")), ("Uptime", "\(number(status, "uptime"))s"),
            ("Latency", "\(latency / .milliseconds(1))ms"),
            ("OS", status.member("os")), ("Arch", status.member("arch")),
            ("CPUs", "\(number(status, "num_cpu")) (\(number(status, "num_cpu_used")) used)"),
            ("Memory", "\(number(status, "mem_heap_used") / 1_048_576) MiB"),
        ]
        let isAway = [status["keystore_unreachable"], status["keystore_unavailable"]].contains {
            if case .bool(true)? = $0 { true } else { false }
        }
        rows.append(("Key Store", isAway ? "not available" : "\(number(status, "keystore_latency"))ms"))
        return rows.map { "  " + $0.0.padded(to: 11) + $0.1 }
    }

    private static func number(_ json: JSON, _ name: String) -> Int64 {
        guard case .number(let number)? = json[name] else { return 0 }
        return number.int64 ?? 0
    }
}
