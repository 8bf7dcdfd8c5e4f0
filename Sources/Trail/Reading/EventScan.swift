/// Finds a member of an event's JSON without parsing all of it.
enum EventScan {
    /// The text between the quotes of a string member of the outermost object; nil when there is none.
    ///
    /// `name` is compared as it is written, so that it must need no escapes. Members of inner objects, which
    /// callers can name as they like, are passed over.
    static func string(_ name: String, in json: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var depth = 0
        var index = json.startIndex
        /// The last string at depth 1, which is a member's name if a colon follows.
        var candidate: ArraySlice<UInt8>?
        var isValue = false
        while index < json.endIndex {
            switch json[index] {
            case 0x22:
                guard let end = closingQuote(in: json, from: index + 1) else { return nil }
                let text = json[(index + 1)..<end]
                if depth == 1 {
                    if isValue, let candidate, candidate.elementsEqual(name.utf8) { return text }
                    candidate = isValue ? nil : text
                }
                index = end
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D: depth -= 1
            case 0x3A where depth == 1: isValue = true
            case 0x2C where depth == 1:
                isValue = false
                candidate = nil
            default: break
            }
            index += 1
        }
        return nil
    }

    private static func closingQuote(in json: ArraySlice<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < json.endIndex {
            switch json[index] {
            case 0x22: return index
            case 0x5C: index += 2
            default: index += 1
            }
        }
        return nil
    }
}
