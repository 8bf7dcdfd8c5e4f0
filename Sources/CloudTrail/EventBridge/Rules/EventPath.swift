import AWSProtocol

/// A path into an event: `$`, then names and indexes, as in `$.detail.requestParameters.list[0]`.
///
/// Names with other characters than letters, digits, `_` and `-` stand in brackets and quotes: `$.detail['a.b']`.
struct EventPath: Hashable, Sendable {
    private enum Step: Hashable {
        case name(String)
        case index(Int)
    }

    private let steps: [Step]

    /// Nil for what is no such path; wildcards and filters are not taken.
    init?(_ text: String) {
        guard text.first == "$", text.utf8.count <= Self.bytesMax else { return nil }
        var rest = text.dropFirst()
        var steps: [Step] = []
        while let first = rest.first {
            if first == "." {
                let name = rest.dropFirst().prefix(while: Self.isOfName)
                guard !name.isEmpty else { return nil }
                steps.append(.name(String(name)))
                rest = rest[name.endIndex...]
            } else if first == "[", let close = rest.firstIndex(of: "]") {
                let inside = rest[rest.index(after: rest.startIndex)..<close]
                if let index = Int(inside), index >= 0, inside.first != "+" {
                    steps.append(.index(index))
                } else if inside.count > 2, let quote = inside.first, quote == "'" || quote == "\"",
                    inside.last == quote
                {
                    steps.append(.name(String(inside.dropFirst().dropLast())))
                } else {
                    return nil
                }
                rest = rest[rest.index(after: close)...]
            } else {
                return nil
            }
        }
        self.steps = steps
    }

    private static let bytesMax = 256

    private static func isOfName(_ character: Character) -> Bool {
        character.isASCII
            && (character.isLetter || character.isNumber || character == "_" || character == "-")
    }

    /// What stands at the path; nil when nothing does.
    func value(in event: JSON) -> JSON? {
        var value = event
        for step in steps {
            switch step {
            case .name(let name):
                guard let member = value[name] else { return nil }
                value = member
            case .index(let index):
                guard let elements = value.elements, index < elements.count else { return nil }
                value = elements[index]
            }
        }
        return value
    }
}
