/// The pairs of an `application/x-www-form-urlencoded` body or query, in the order they were sent.
///
/// It prints no values: forms carry passwords and tokens.
package struct Form: Sendable {
    package let pairs: [(name: String, value: String)]

    /// Reads a form strictly.
    ///
    /// - Throws: For more than `pairsMax` pairs, a `%` without two hexadecimal digits, text that is not
    ///   UTF-8, a pair without a name, and a name that occurs twice.
    package init(parsing bytes: some Collection<UInt8>, pairsMax: Int = 4_096) throws(FormError) {
        var pairs: [(name: String, value: String)] = []
        var names: Set<String> = []
        for piece in bytes.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < pairsMax else { throw .tooManyPairs(pairsMax: pairsMax) }
            let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            let name = try Self.text(piece[..<equals])
            guard !name.isEmpty else { throw .emptyName }
            guard names.insert(name).inserted else { throw .duplicateName }
            pairs.append((name, try Self.text(piece[equals...].dropFirst())))
        }
        self.pairs = pairs
    }

    package init(parsing text: String, pairsMax: Int = 4_096) throws(FormError) {
        try self.init(parsing: text.utf8, pairsMax: pairsMax)
    }

    /// The value of a name; nil when the form has none.
    package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    package var count: Int { pairs.count }

    private static func text(_ encoded: some Collection<UInt8>) throws(FormError) -> String {
        guard let bytes = PercentEncoding.decode(encoded, plusIsSpace: true) else { throw .invalidEscape }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
        return text
    }
}

/// Why bytes are not a form.
package enum FormError: Error, Hashable, Sendable {
    case tooManyPairs(pairsMax: Int)
    case invalidEscape
    case invalidUTF8
    case emptyName
    case duplicateName
    /// A name of more than `depthMax` parts.
    case tooDeep(depthMax: Int)

    /// The error of the Query protocol.
    package var wire: WireError {
        let reason =
            switch self {
            case .tooManyPairs(let pairsMax): "more than \(pairsMax) parameters"
            case .invalidEscape: "an incomplete percent escape"
            case .invalidUTF8: "text that is not UTF-8"
            case .emptyName: "a parameter without a name"
            case .duplicateName: "a parameter that occurs twice"
            case .tooDeep(let depthMax): "a parameter whose name has more than \(depthMax) parts"
            }
        return WireError(
            code: "MalformedQueryString",
            message: "The request contains \(reason).",
            httpStatus: 400
        )
    }
}

extension Form: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<form of \(count) pairs>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
