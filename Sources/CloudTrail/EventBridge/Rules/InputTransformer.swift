import AWSProtocol

/// A text for a target, with parts of the event in its placeholders.
///
/// A placeholder `<name>` stands for the value at a path. Inside of quotes its text is put in; outside, its JSON.
/// Source: EventBridge User Guide, "Amazon EventBridge input transformation".
struct InputTransformer: Hashable, Sendable, Codable {
    let paths: [String: String]
    let template: String

    /// Names that a path map must not define.
    private static let reserved = [
        "aws.events.rule-arn", "aws.events.rule-name", "aws.events.event.ingestion-time", "aws.events.event",
        "aws.events.event.json",
    ]

    /// What is wrong with the paths or the template; nil when nothing is.
    var fault: String? {
        for (name, path) in paths.sorted(by: { $0.key < $1.key }) {
            if name.uppercased().hasPrefix("AWS") { return "InputPathsMap must not define \(name)" }
            if EventPath(path) == nil { return "Invalid path \(path) for \(name)" }
        }
        for case .placeholder(let name) in pieces where paths[name] == nil && !Self.reserved.contains(name) {
            return "InputTemplate has the placeholder \(name), which InputPathsMap does not define"
        }
        return nil
    }

    func text(for event: BusEvent, of rule: RuleLocator, at time: String) -> String {
        var text = ""
        var isQuoted = false
        for piece in pieces {
            switch piece {
            case .text(let plain):
                text += plain
                isQuoted = Self.isQuoted(after: plain, from: isQuoted)
            case .placeholder(let name):
                let value = value(of: name, event, rule, time)
                text += isQuoted ? Self.inside(value) : (value?.rendered ?? "\"\"")
            }
        }
        return text
    }

    private func value(of name: String, _ event: BusEvent, _ rule: RuleLocator, _ time: String) -> JSON? {
        switch name {
        case "aws.events.rule-arn": .string(JSONString(rule.arn))
        case "aws.events.rule-name": .string(JSONString(rule.name))
        case "aws.events.event.ingestion-time": .string(JSONString(time))
        case "aws.events.event", "aws.events.event.json": event.json
        default: paths[name].flatMap(EventPath.init)?.value(in: event.json)
        }
    }

    private enum Piece {
        case text(String)
        case placeholder(String)
    }

    /// The template cut at its placeholders.
    private var pieces: [Piece] {
        var pieces: [Piece] = []
        var rest = template[...]
        while let open = rest.firstIndex(of: "<") {
            let inside = rest[rest.index(after: open)...]
            let name = inside.prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == ".")
            }
            guard !name.isEmpty, name.endIndex < rest.endIndex, rest[name.endIndex] == ">" else {
                pieces.append(.text(String(rest[...open])))
                rest = inside
                continue
            }
            pieces.append(.text(String(rest[..<open])))
            pieces.append(.placeholder(String(name)))
            rest = rest[rest.index(after: name.endIndex)...]
        }
        pieces.append(.text(String(rest)))
        return pieces
    }

    /// Whether a string of JSON is open at the end of a text.
    private static func isQuoted(after text: String, from start: Bool) -> Bool {
        var isQuoted = start
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = isQuoted
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            }
        }
        return isQuoted
    }

    /// A value inside of quotes: a string's text, other values' JSON, with escapes and without quotes of its own.
    private static func inside(_ value: JSON?) -> String {
        guard let value else { return "" }
        let quoted = JSON.string(JSONString(value.text ?? value.rendered)).rendered
        return String(quoted.dropFirst().dropLast())
    }
}
