package import Logging

/// What is logged, and how.
package struct LogSettings: Sendable {
    package var format = LogFormat.text
    /// The least level that is written.
    package var level = Logger.Level.info

    package init() {}

    /// - Throws: `.invalid` for a format or level that there is not.
    package init(_ settings: SettingsReader) async throws(SettingsError) {
        let formats = LogFormat.allCases.map(\.rawValue).joined(separator: " or ")
        if let format = try await settings.value("log-format", expected: formats, { LogFormat(rawValue: $0) })
        {
            self.format = format
        }
        let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        let expected = "one of \(levels)"
        if let level = try await settings.value(
            "log-level",
            expected: expected,
            { Logger.Level(rawValue: $0) }
        ) {
            self.level = level
        }
    }
}
