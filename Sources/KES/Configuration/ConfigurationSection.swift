import Yams

/// What reading a configuration collects on its way.
final class ConfigurationReading {
    let environment: [String: String]
    var warnings: [String] = []

    init(environment: [String: String]) { self.environment = environment }
}

/// One mapping of the file, or its absence, read setting by setting.
///
/// Each reading function gives nil for a setting that is absent, null or empty text, and throws for one of
/// another kind. What nobody asked for is warned of by ``warnOfUnknown()``: KES ignores it in silence, and so
/// a `denny:` protects nobody.
struct ConfigurationSection {
    /// As in `tls.proxy`; empty for the whole file.
    let path: String
    let line: Int?
    private let entries: [(name: String, line: Int?, node: Node)]
    private let reading: ConfigurationReading
    private var known: Set<String> = []

    init(_ node: Node?, path: String, _ reading: ConfigurationReading) throws(KESConfigurationError) {
        self.path = path
        self.reading = reading
        line = node?.mark?.line
        switch node {
        case nil: entries = []
        case .scalar(let scalar) where Self.isEmpty(scalar): entries = []
        case .mapping(let mapping):
            var entries: [(name: String, line: Int?, node: Node)] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw .malformed(line: key.mark?.line, reason: "a name of a setting is not text")
                }
                entries.append((name.string, key.mark?.line, value))
            }
            self.entries = entries
        default: throw .invalid(setting: path, line: node?.mark?.line, reason: "is not a section")
        }
    }

    /// The names of what is set, in the order of the file.
    var names: [String] { entries.map(\.name) }

    func line(of name: String) -> Int? { entries.first { $0.name == name }?.line }

    func setting(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func invalid(_ name: String, _ reason: String) -> KESConfigurationError {
        .invalid(setting: setting(name), line: line(of: name) ?? line, reason: reason)
    }

    mutating func section(_ name: String) throws(KESConfigurationError) -> ConfigurationSection {
        try ConfigurationSection(node(name), path: setting(name), reading)
    }

    /// Whether it is there at all, empty or not.
    mutating func has(_ name: String) -> Bool { node(name) != nil }

    mutating func text(_ name: String) throws(KESConfigurationError) -> String? {
        try node(name).flatMap { node throws(KESConfigurationError) in try scalar(node, name) }
    }

    mutating func required(_ name: String) throws(KESConfigurationError) -> String {
        guard let text = try text(name) else { throw .missing(setting: setting(name)) }
        return text
    }

    mutating func bool(_ name: String) throws(KESConfigurationError) -> Bool? {
        guard let text = try text(name) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw invalid(name, "is neither true nor false")
        }
    }

    mutating func duration(_ name: String) throws(KESConfigurationError) -> Duration? {
        guard let text = try text(name) else { return nil }
        guard let duration = Duration(go: text) else {
            throw invalid(name, "is no duration such as 5m, 30s or 1h30m")
        }
        guard duration >= .zero else { throw invalid(name, "is negative") }
        return duration
    }

    /// The texts of a list; with `substituting` variables are replaced in them.
    mutating func texts(
        _ name: String,
        substituting: Bool
    ) throws(KESConfigurationError) -> [(text: String, line: Int?)] {
        guard let node = node(name) else { return [] }
        if case .scalar(let scalar) = node, Self.isEmpty(scalar) { return [] }
        guard case .sequence(let elements) = node else { throw invalid(name, "is not a list") }
        var texts: [(text: String, line: Int?)] = []
        for element in elements {
            guard case .scalar(let plain) = element else {
                throw invalid(name, "has an element that is not text")
            }
            let text = substituting ? try scalar(element, name) : plain.string
            guard let text, !text.isEmpty else { continue }
            texts.append((text, element.mark?.line))
        }
        return texts
    }

    /// The sections of a list.
    mutating func sections(_ name: String) throws(KESConfigurationError) -> [ConfigurationSection] {
        guard let node = node(name) else { return [] }
        if case .scalar(let scalar) = node, Self.isEmpty(scalar) { return [] }
        guard case .sequence(let elements) = node else { throw invalid(name, "is not a list") }
        var sections: [ConfigurationSection] = []
        for element in elements {
            sections.append(try ConfigurationSection(element, path: setting(name), reading))
        }
        return sections
    }

    func warn(_ text: String) { reading.warnings.append(text) }

    /// Says which settings nobody reads.
    func warnOfUnknown() {
        for entry in entries where !known.contains(entry.name) {
            let place = entry.line.map { "line \($0): " } ?? ""
            warn("\(place)'\(setting(entry.name))' is not a setting and has no effect")
        }
    }

    private mutating func node(_ name: String) -> Node? {
        known.insert(name)
        return entries.first { $0.name == name }?.node
    }

    /// The text of a scalar; one that is wholly `${NAME}` is replaced by that variable.
    private func scalar(_ node: Node, _ name: String) throws(KESConfigurationError) -> String? {
        guard case .scalar(let scalar) = node else { throw invalid(name, "is not a single value") }
        if Self.isEmpty(scalar) { return nil }
        let text = scalar.string.trimmingWhitespace
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return scalar.string }
        let variable = String(text.dropFirst(2).dropLast().trimmingWhitespace)
        guard let value = reading.environment[variable] else {
            throw .variableMissing(name: variable, line: scalar.mark?.line ?? 0)
        }
        return value.isEmpty ? nil : value
    }

    private static func isEmpty(_ scalar: Node.Scalar) -> Bool {
        let isNull = scalar.style == .plain && ["null", "Null", "NULL", "~"].contains(scalar.string)
        return isNull || scalar.string.isEmpty
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmingWhitespace: SubSequence {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
