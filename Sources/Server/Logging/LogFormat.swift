/// How lines of the log look.
package enum LogFormat: String, CaseIterable, Sendable {
    /// `2026-11-21T04:39:49.123Z notice ready aws=127.0.0.1:7370`
    case text
    /// `{"time":"…","level":"notice","message":"ready","metadata":{"aws":"127.0.0.1:7370"}}`
    case json

    /// One event as one line with its line break.
    ///
    /// Whatever the texts hold, the line has no line break, and no control character, but the last: all are
    /// escaped as in JSON. What is longer than `LogFormat.textMax` is cut off.
    func line(
        time: String,
        level: String,
        message: String,
        metadata: [(name: String, value: String)]
    ) -> [UInt8] {
        var line = LineText()
        switch self {
        case .text:
            line.plain("\(time) \(level) ")
            line.escaped(message, quoting: false)
            for (name, value) in metadata {
                line.plain(" ")
                line.word(name)
                line.plain("=")
                line.word(value)
            }
        case .json:
            line.plain("{\"time\":")
            line.string(time)
            line.plain(",\"level\":")
            line.string(level)
            line.plain(",\"message\":")
            line.string(message)
            if !metadata.isEmpty {
                line.plain(",\"metadata\":")
                for (index, (name, value)) in metadata.enumerated() {
                    line.plain(index == 0 ? "{" : ",")
                    line.string(name)
                    line.plain(":")
                    line.string(value)
                }
                line.plain("}")
            }
            line.plain("}")
        }
        line.plain("\n")
        return line.bytes
    }

    /// So many characters of a message or a value are written.
    static let textMax = 8192
}

/// A line being written.
private struct LineText {
    var bytes: [UInt8] = []

    mutating func plain(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// A JSON string.
    mutating func string(_ text: String) {
        plain("\"")
        escaped(text, quoting: true)
        plain("\"")
    }

    /// A text as it is when that is clear, and as a JSON string when it is not.
    mutating func word(_ text: String) {
        let isClear =
            !text.isEmpty && text.utf8.count <= LogFormat.textMax && text.utf8.allSatisfy { $0.isClear }
        if isClear { plain(text) } else { string(text) }
    }

    mutating func escaped(_ text: String, quoting: Bool) {
        for scalar in text.unicodeScalars.prefix(LogFormat.textMax) {
            switch scalar {
            case "\n": plain("\\n")
            case "\r": plain("\\r")
            case "\t": plain("\\t")
            case "\\": plain("\\\\")
            case "\"" where quoting: plain("\\\"")
            case _ where scalar.isMisleading: unicode(scalar)
            default: UTF8.encode(scalar).map { bytes.append(contentsOf: $0) }
            }
        }
    }

    /// `\u` and four digits; all that need it lie within them.
    private mutating func unicode(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16)
        plain("\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits)
    }
}

extension UInt8 {
    /// Letters, digits and the marks of numbers, addresses and paths.
    fileprivate var isClear: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_.,:;/@+*%[]()<>".utf8.contains(self)
        }
    }
}

extension Unicode.Scalar {
    /// Whether a terminal or a reader of lines might obey it: controls, line and paragraph separators, and what
    /// turns the direction of writing.
    fileprivate var isMisleading: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
