import Foundation

/// The project's own Swift files, read from where this file was compiled.
struct SourceTree {
    struct File {
        /// Relative to the project's root, as in `Sources/KMS/Key.swift`.
        let path: String
        let lines: [String]

        var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
        var isSource: Bool { path.hasPrefix("Sources/") }
    }

    let files: [File]

    /// Reads every file below Sources, Tests and Fuzzing.
    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        files = try ["Sources", "Tests", "Fuzzing/Sources"].flatMap { folder in
            let base = root.appending(path: folder)
            let names = FileManager.default.enumerator(atPath: base.path)?.allObjects as? [String] ?? []
            return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
                let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
                return File(path: "\(folder)/\(name)", lines: text.components(separatedBy: "\n"))
            }
        }
    }

    var sources: [File] { files.filter(\.isSource) }
}

/// A place in the tree and what is wrong there, for failure texts.
struct Finding: CustomStringConvertible {
    let path: String
    let line: Int?
    let text: String

    var description: String { line.map { "\(path):\($0): \(text)" } ?? "\(path): \(text)" }
}
