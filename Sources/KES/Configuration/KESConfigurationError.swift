/// Why a configuration is refused; names the line where the file has one, and carries no value of a secret.
package enum KESConfigurationError: Error, Hashable, Sendable {
    /// The text is no YAML, or too long, or not one mapping.
    case malformed(line: Int?, reason: String)
    /// A value is `${NAME}`, and there is no such variable.
    case variableMissing(name: String, line: Int)
    case missing(setting: String)
    case invalid(setting: String, line: Int?, reason: String)
    /// KES has or had it; this server does not.
    case notOffered(setting: String, line: Int?, reason: String)
}

extension KESConfigurationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let line, let reason): "kesconf: \(Self.place(line))\(reason)"
        case .variableMissing(let name, let line):
            "kesconf: referenced env. variable '\(name)' in line '\(line)' not found"
        case .missing(let setting): "kesconf: '\(setting)' is not set"
        case .invalid(let setting, let line, let reason):
            "kesconf: \(Self.place(line))'\(setting)' \(reason)"
        case .notOffered(let setting, let line, let reason):
            "kesconf: \(Self.place(line))'\(setting)' is not offered: \(reason)"
        }
    }

    private static func place(_ line: Int?) -> String { line.map { "line \($0): " } ?? "" }
}
