import Configuration
import SystemPackage

/// The settings of a process: flags over `STRONGROOM_…` variables over a YAML file.
///
/// A setting has one name everywhere: the flag `--aws-address`, the variable `STRONGROOM_AWS_ADDRESS` and the
/// YAML key `aws-address`.
package struct SettingsReader: Sendable {
    private let reader: ConfigReader

    /// - Parameters:
    ///   - flags: What the command line gave, by the flags' names without dashes.
    ///   - environment: All variables of the process.
    ///   - configFile: The YAML file; when nil, `STRONGROOM_CONFIG` may name one.
    /// - Throws: `.file` when the file cannot be read as a YAML mapping.
    package init(
        flags: [String: String],
        environment: [String: String],
        configFile: String?
    ) async throws(SettingsError) {
        let values = flags.map {
            (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: false))
        }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: Dictionary(uniqueKeysWithValues: values)),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "strongroom"),
        ]
        if let path = configFile ?? environment["STRONGROOM_CONFIG"] {
            do {
                providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(path)))
            } catch {
                throw .file(path: path, reason: "\(error)")
            }
        }
        reader = ConfigReader(providers: providers)
    }

    /// The text of a setting; nil when nothing sets it.
    ///
    /// - Throws: `.invalid` when the file has something else than a single value there.
    package func text(_ name: String) async throws(SettingsError) -> String? {
        do {
            return try await reader.fetchString(forKey: ConfigKey([name]))
        } catch {
            throw .invalid(name, expected: "a single value")
        }
    }

    /// The value of a switch; false when nothing sets it.
    package func flag(_ name: String) async throws(SettingsError) -> Bool {
        switch try await text(name) {
        case nil, "false": false
        case "true": true
        default: throw .invalid(name, expected: "true or false")
        }
    }

    /// The parts of a setting: separated by commas, or a list in the file; nil when nothing sets it.
    package func list(_ name: String) async throws(SettingsError) -> [String]? {
        do throws(SettingsError) {
            return try await text(name).map { text in
                text.split(separator: ",").map { $0.trimming(" ") }
            }
        } catch {
            do {
                return try await reader.fetchStringArray(forKey: ConfigKey([name]))
            } catch {
                throw .invalid(name, expected: "values separated by commas")
            }
        }
    }

    /// A setting made into a value by `parse`, which gives nil for what it does not accept.
    func value<Value>(
        _ name: String,
        expected: String,
        _ parse: (String) -> Value?
    ) async throws(SettingsError) -> Value? {
        guard let text = try await text(name) else { return nil }
        guard let value = parse(text) else { throw .invalid(name, expected: expected) }
        return value
    }
}

/// Why the settings cannot be used; values are never repeated, since a store's address may hold a password.
package enum SettingsError: Error, Hashable {
    case file(path: String, reason: String)
    case invalid(String, expected: String)
    /// A sentence about settings that do not go together or are not supported.
    case unsupported(String)
}

extension SettingsError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let path, let reason): "The configuration file \(path) cannot be read: \(reason)"
        case .invalid(let name, let expected): "The setting \(name) must be \(expected)."
        case .unsupported(let sentence): sentence
        }
    }
}

extension Substring {
    /// The text without a character at its ends.
    fileprivate func trimming(_ character: Character) -> String {
        var text = self
        while text.first == character { text.removeFirst() }
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
