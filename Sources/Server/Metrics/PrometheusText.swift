import Operations

/// Writes metrics in Prometheus' text format 0.0.4.
///
/// Names and labels come from this program and must be such that the format takes them; values of labels and
/// help texts may be any text and are escaped.
struct PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    typealias Labels = [(name: String, value: String)]

    private(set) var bytes: [UInt8] = []
    private var family = ""

    /// Begins a family, whose samples must follow before the next one begins.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        precondition(Self.isName(name), "\(name) is no name of a metric")
        precondition(
            (kind == .counter) == name.hasSuffix("_total"),
            "\(name): counters, and they alone, end in _total"
        )
        family = name
        append("# HELP \(name) ")
        append(help, escapingQuotes: false)
        append("\n# TYPE \(name) \(kind.rawValue)\n")
    }

    mutating func sample(_ value: some SampleValue) { sample("", [], value.prometheusText) }

    mutating func sample(_ labels: Labels, _ value: some SampleValue) {
        sample("", labels, value.prometheusText)
    }

    /// Writes the samples of one histogram, in seconds.
    mutating func histogram(_ labels: Labels, _ distribution: LatencyDistribution) {
        var count: UInt64 = 0
        for (index, bound) in LatencyBuckets.bounds.enumerated() {
            count += distribution.counts[index]
            sample("_bucket", labels + [("le", (Double(bound) / 1e9).prometheusText)], String(count))
        }
        // Summed anew rather than taken from elsewhere, so that the parts agree while others are counting.
        count += distribution.counts[LatencyBuckets.bounds.count]
        sample("_bucket", labels + [("le", "+Inf")], String(count))
        sample("_sum", labels, (Double(distribution.nanoseconds) / 1e9).prometheusText)
        sample("_count", labels, String(count))
    }

    private mutating func sample(_ suffix: String, _ labels: Labels, _ value: String) {
        append(family)
        append(suffix)
        if !labels.isEmpty {
            for (index, label) in labels.enumerated() {
                precondition(Self.isLabelName(label.name), "\(label.name) is no name of a label")
                append(index == 0 ? "{" : ",")
                append(label.name)
                append("=\"")
                append(label.value, escapingQuotes: true)
                append("\"")
            }
            append("}")
        }
        append(" ")
        append(value)
        append("\n")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ text: String, escapingQuotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where escapingQuotes: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }

    private static func isName(_ name: String) -> Bool { isLabelName(name) }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`.
    private static func isLabelName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

/// A number as the format takes it: what Go's ParseFloat reads.
protocol SampleValue {
    var prometheusText: String { get }
}

extension Int: SampleValue {
    var prometheusText: String { description }
}

extension UInt64: SampleValue {
    var prometheusText: String { description }
}

extension Double: SampleValue {
    var prometheusText: String {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Inf" : "+Inf" }
        return description
    }
}
