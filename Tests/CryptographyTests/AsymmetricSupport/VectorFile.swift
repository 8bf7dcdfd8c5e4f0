import FoundationEssentials
import Testing

@testable import Cryptography

/// A file of published test vectors from the PyPI package `cryptography-vectors`.
///
/// The files are not part of this tree: `STRONGROOM_VECTORS` names the package's directory. Without it every
/// test that needs a file fails and says how to get it.
struct VectorFile {
    let lines: [Substring]

    static let variable = "STRONGROOM_VECTORS"

    init(_ path: String) throws {
        lines = String(decoding: try Self.bytes(path), as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map(\.trimmed)
    }

    /// A file's bytes.
    static func bytes(_ path: String) throws -> [UInt8] {
        guard let directory = ProcessInfo.processInfo.environment[variable] else {
            throw Missing(reason: "\(variable) is not set; `make test` brings the vectors and sets it")
        }
        return [UInt8](try Data(contentsOf: URL(filePath: directory + "/" + path)))
    }

    struct Missing: Error, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }

    /// A vector of the NIST form: a `[section]`, then lines `name = value`; a line without `=` is a bare
    /// name.
    struct Vector {
        var section = ""
        var fields: [Substring: Substring] = [:]

        /// The bytes of a hexadecimal field; fails the test where there is none.
        func bytes(_ name: Substring) throws -> [UInt8] {
            [UInt8](hexadecimal: try #require(fields[name], "no field \(name)"))
        }
    }

    /// The vectors of a NIST form file: runs of lines between blank lines, comments and sections.
    ///
    /// A line of the name `first` begins a new vector even without a blank line before it.
    func vectors(beginningWith first: Substring? = nil) -> [Vector] {
        var vectors: [Vector] = []
        var current = Vector()
        func close() {
            if !current.fields.isEmpty { vectors.append(current) }
            current.fields = [:]
        }
        for line in lines where !line.hasPrefix("#") {
            if line.isEmpty {
                close()
            } else if line.hasPrefix("[") {
                close()
                current.section = String(line.dropFirst().dropLast())
            } else {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = parts[0].trimmed
                if name == first { close() }
                current.fields[name] = parts.dropFirst().first?.trimmed ?? ""
            }
        }
        close()
        return vectors
    }

    /// The entries of an RSA Laboratories form file: `# Label:` and then hexadecimal lines.
    func labelledValues() -> [(label: String, bytes: [UInt8])] {
        var values: [(label: String, digits: String)] = []
        for line in lines where !line.isEmpty {
            if line.hasPrefix("#") {
                values.append((String(line.drop { $0 == "#" || $0 == " " }), ""))
            } else if !values.isEmpty, line.allSatisfy({ $0.isHexDigit || $0 == " " }) {
                values[values.count - 1].digits += line.filter { $0 != " " }
            }
        }
        return values.map { ($0.label, [UInt8](hexadecimal: $0.digits)) }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}

extension VectorFile {
    /// The bytes inside the first PEM armour of a file.
    static func pem(_ path: String) throws -> [UInt8] {
        let body = try VectorFile(path).lines
            .drop { !$0.contains("-----BEGIN") || $0.contains("PARAMETERS") }.dropFirst()
            .prefix { !$0.hasPrefix("-----END") }.filter { !$0.contains(":") }.joined()
        return [UInt8](try #require(Data(base64Encoded: body)))
    }
}
