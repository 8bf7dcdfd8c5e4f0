extension String {
    /// Whether the line has the word as code: not inside a longer name, and not in a comment.
    func containsWord(_ word: String) -> Bool {
        let code = codePart
        guard let range = code.firstRange(of: word) else { return false }
        guard let before = code[..<range.lowerBound].last, let first = word.first else { return true }
        let continuesName = before.isLetter || before.isNumber || before == "_" || before == "."
        return !(continuesName && first.isLetter)
    }

    /// The line up to a comment; quoted text is left in.
    private var codePart: Substring {
        guard let comment = firstRange(of: "//") else { return self[...] }
        return self[..<comment.lowerBound]
    }

    /// The module that the line imports.
    var importedModule: String? {
        var words = split(separator: " ").map(String.init)
        guard let index = words.firstIndex(of: "import"),
            words[..<index].allSatisfy({ $0 == "package" || $0 == "internal" || $0.hasPrefix("@") })
        else { return nil }
        words.removeSubrange(...index)
        if let kind = words.first, ["struct", "class", "enum", "protocol", "func"].contains(kind) {
            words.removeFirst()
        }
        return words.first?.split(separator: ".").first.map(String.init)
    }
}

/// Measures functions by their indentation, which the formatter guarantees.
enum FunctionLengths {
    static func findings(in file: SourceTree.File, linesMax: Int) -> [Finding] {
        var findings: [Finding] = []
        var open: (name: String, line: Int, indentation: Int)?
        for (index, line) in file.lines.enumerated() {
            let indentation = line.prefix { $0 == " " }.count
            if let function = open {
                guard indentation == function.indentation, line.dropFirst(indentation).hasPrefix("}") else {
                    continue
                }
                let count = index - function.line + 1
                if count > linesMax {
                    findings.append(
                        Finding(
                            path: file.path,
                            line: function.line + 1,
                            text: "\(function.name) has \(count) lines"
                        )
                    )
                }
                open = nil
            } else if line.contains("func "), !line.contains("}") {
                open = (line.trimmed, index, indentation)
            }
        }
        return findings
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
