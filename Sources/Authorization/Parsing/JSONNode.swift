/// A JSON value as a policy text spells it, with members in their written order.
enum JSONNode {
    case object([Member])
    case array([JSONNode])
    case string(String)
    /// The number's own text; policies compare numbers as decimals, never as floating point.
    case number(String)
    case bool(Bool)
    case null

    /// One name and value of an object.
    struct Member {
        let name: String
        let value: JSONNode
    }
}

/// Why a text is not the strict JSON a policy must be.
package enum JSONFault: Error, Hashable, Sendable {
    /// A byte that JSON does not allow at this offset.
    case unexpectedByte(offset: Int)
    /// The text ends inside a value.
    case unexpectedEnd
    /// An escape in a string that JSON does not know, or half of a surrogate pair.
    case invalidEscape(offset: Int)
    /// The same name twice in one object, which two readers could resolve differently.
    case duplicateMember(String)
    /// Nesting deeper than any policy element needs.
    case tooDeep(depthMax: Int)
}
