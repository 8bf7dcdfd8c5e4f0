import AWSProtocol
import ArgumentParser

/// Follows a server's audit or error log.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Follow the audit log, or the error log, of a server."
    )

    @OptionGroup var options: ClientOptions
    @OptionGroup var format: FormatOptions
    @Flag(help: "The audit log. (default)") var audit = false
    @Flag(help: "The error log.") var error = false

    mutating func run() async throws {
        guard !(audit && error) else { throw ValidationError("Choose one of --audit and --error.") }
        let (json, error) = (format.json, error)
        let prints: (JSON) -> Void = { event in
            if json {
                Output.print(bytes: JSONOutput.of(event) + [UInt8(ascii: "\n")])
            } else {
                Output.print((error ? event.member("message") : Self.line(event)) + "\n")
            }
        }
        if !json, !error {
            Output.print(Self.row("Time", "Status", "Identity", "IP", "API", "Latency") + "\n")
        }
        try await KESClient.with(options) { client in
            try await client.follow(error ? "/v1/log/error" : "/v1/log/audit", prints)
        }
    }

    private static func line(_ event: JSON) -> String {
        let (request, response) = (event["request"], event["response"])
        let time = DateText.of(event.member("time")).split(separator: " ").dropFirst().first ?? ""
        let identity = request?.member("identity") ?? ""
        return row(
            String(time),
            Self.number(response?["code"]).map(String.init) ?? "",
            identity.count > 20 ? identity.prefix(20) + "..." : identity,
            request?.member("ip") ?? "",
            request?.member("path") ?? "",
            Self.number(response?["time"]).map { "\(Double($0 / 1000) / 1000)ms" } ?? ""
        )
    }

    private static func number(_ json: JSON?) -> Int64? {
        guard case .number(let number)? = json else { return nil }
        return number.int64
    }

    private static func row(_ cells: String...) -> String {
        zip(cells, [12, 10, 24, 19, 34, 0]).map { $0.padded(to: $1) }.joined()
    }
}
