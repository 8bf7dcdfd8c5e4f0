import Doors

/// What the program is.
enum About {
    static let rows = [
        (label: "Version", value: Release.version),
        (label: "Runtime", value: "swift linux"),
        (label: "License", value: "Apache License 2.0"),
        (label: "Copyright", value: "The Strongroom authors"),
    ]

    static var lines: [String] { rows.map { $0.label.padded(to: 11) + " " + $0.value } }
}
