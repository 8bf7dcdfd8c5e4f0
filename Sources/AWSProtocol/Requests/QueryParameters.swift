/// The parameters of a Query request as the tree that their dotted names describe, as in
/// `Tags.member.1.Key=team`.
///
/// It prints nothing: parameters carry passwords and tokens.
package final class QueryParameters: Sendable {
    /// The value that stands at this place; nil where only longer names do.
    package let value: String?
    /// What stands below this place, by the next part of the name.
    package let children: [String: QueryParameters]

    private init(value: String?, children: [String: QueryParameters]) {
        self.value = value
        self.children = children
    }

    /// How many parts a name may have: more than the deepest structure of any model needs.
    package static let depthMax = 16

    /// Reads the tree from a form, whose size bounds it.
    ///
    /// - Throws: `.tooDeep` for a name of more than `depthMax` parts, `.emptyName` for one with an empty part.
    package convenience init(_ form: Form) throws(FormError) {
        let root = Growing()
        for (name, value) in form.pairs {
            var place = root
            var depth = 0
            for part in name.split(separator: ".", omittingEmptySubsequences: false) {
                depth += 1
                guard depth <= Self.depthMax else { throw .tooDeep(depthMax: Self.depthMax) }
                guard !part.isEmpty else { throw .emptyName }
                place = place.child(String(part))
            }
            place.value = value
        }
        let grown = root.grown
        self.init(value: grown.value, children: grown.children)
    }

    /// The elements of a list or the entries of a map in the order of their numbers.
    ///
    /// They stand below `member` or `entry`, or flat below the name itself. An empty list is an empty value.
    ///
    /// - Returns: nil when what stands here is no list: names that are no numbers, or a value.
    package var elements: [QueryParameters]? {
        let numbered = children["member"] ?? children["entry"] ?? self
        guard children.isEmpty || numbered === self || children.count == 1 else { return nil }
        guard numbered.value?.isEmpty ?? true else { return nil }
        var elements: [(number: Int, element: QueryParameters)] = []
        elements.reserveCapacity(numbered.children.count)
        for (name, element) in numbered.children {
            guard let number = Self.number(name) else { return nil }
            elements.append((number, element))
        }
        return elements.sorted { $0.number < $1.number }.map(\.element)
    }

    /// A number of one to nine digits that does not begin with zero.
    private static func number(_ text: String) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ $0.isASCIIDigit }),
            text.utf8.first != UInt8(ascii: "0")
        else { return nil }
        return Int(text)
    }

    /// The tree while it grows.
    private final class Growing {
        var value: String?
        var children: [String: Growing] = [:]

        func child(_ name: String) -> Growing {
            if let known = children[name] { return known }
            let made = Growing()
            children[name] = made
            return made
        }

        var grown: QueryParameters {
            QueryParameters(value: value, children: children.mapValues(\.grown))
        }
    }
}

extension QueryParameters: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<parameters>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .class) }
}
