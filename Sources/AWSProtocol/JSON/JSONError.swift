/// Why bytes are not acceptable JSON; offsets count bytes from the start.
package enum JSONError: Error, Hashable, Sendable {
    case tooLong
    case unexpectedEnd
    case unexpectedByte(offset: Int)
    case trailingBytes(offset: Int)
    case tooDeep(depthMax: Int)
    /// The offset is that of the end of the object or of the second name.
    case duplicateName(offset: Int)
    case invalidUTF8(offset: Int)
    case loneSurrogate(offset: Int)
    case controlCharacter(offset: Int)
    case invalidEscape(offset: Int)
    case invalidNumber(offset: Int)

    /// A clause for the caller; it never repeats the input.
    package var reason: String {
        switch self {
        case .tooLong: "it is too long"
        case .unexpectedEnd: "it ends too early"
        case .unexpectedByte(let offset): "an unexpected character stands at byte \(offset)"
        case .trailingBytes(let offset): "something follows the value at byte \(offset)"
        case .tooDeep(let depthMax): "it is nested deeper than \(depthMax) levels"
        case .duplicateName(let offset): "a member name occurs twice before byte \(offset)"
        case .invalidUTF8(let offset): "it is not UTF-8 at byte \(offset)"
        case .loneSurrogate(let offset): "half of a surrogate pair stands at byte \(offset)"
        case .controlCharacter(let offset): "a string holds a control character at byte \(offset)"
        case .invalidEscape(let offset): "an escape at byte \(offset) is unknown"
        case .invalidNumber(let offset): "a number is malformed at byte \(offset)"
        }
    }
}
