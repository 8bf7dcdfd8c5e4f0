import AWSProtocol
import ArgumentParser
import KES

/// Prints a server's metrics, one JSON object at a time.
struct MetricCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metric",
        abstract: "Print the metrics of a server as JSON, again and again."
    )

    @OptionGroup var options: ClientOptions
    @Option(help: "How often, as in 5s.") var rate = "5s"
    @Option(help: "So many times. (default: until stopped)") var count: Int?

    mutating func run() async throws {
        guard let pause = Duration(go: rate), pause > .zero else {
            throw ValidationError("'\(rate)' is no duration such as 5s.")
        }
        let countMax = count ?? .max
        try await KESClient.with(options) { client in
            var count = 0
            while true {
                let text = String(decoding: try await client.call(.get, "/v1/metrics"), as: UTF8.self)
                Output.print(bytes: Self.object(text) + [UInt8(ascii: "\n")])
                count += 1
                guard count < countMax else { return }
                try await Task.sleep(for: pause)
            }
        }
    }

    /// Metrics by name; those with several codes are summed, and durations are in nanoseconds.
    private static func object(_ text: String) -> [UInt8] {
        var names: [String] = []
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...])
            else {
                continue
            }
            let name = String(line[..<space].prefix { $0 != "{" })
            guard !name.hasSuffix("_bucket") else { continue }
            if values[name] == nil { names.append(name) }
            let isDuration = name.hasSuffix("_sum") || name == "kes_system_up_time"
            values[name, default: 0] += isDuration ? value * 1e9 : value
        }
        var writer = JSONWriter()
        writer.beginObject()
        for name in names {
            writer.name(name)
            writer.integer(Int64(values[name] ?? 0))
        }
        writer.endObject()
        return writer.bytes
    }
}
