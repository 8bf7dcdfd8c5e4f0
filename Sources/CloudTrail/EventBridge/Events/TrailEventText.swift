/// A CloudTrail record in the trail's own rendering, of which single fields are read without parsing it.
///
/// Values are skipped as JSON, so nothing inside of one can pass for a field of the record.
struct TrailEventText {
    let bytes: UnsafeBufferPointer<UInt8>

    /// The raw text of a member of the outermost object, without quotes and with its escapes; nil when there is
    /// none, or the bytes are not as the trail writes them.
    func field(_ name: StaticString) -> UnsafeBufferPointer<UInt8>? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        var index = 1
        while index < bytes.count, bytes[index] == UInt8(ascii: "\""), let keyEnd = endOfString(index) {
            let key = bytes[(index + 1)..<(keyEnd - 1)]
            guard keyEnd < bytes.count, bytes[keyEnd] == UInt8(ascii: ":"),
                let valueEnd = endOfValue(keyEnd + 1)
            else { return nil }
            if key.elementsEqual(wanted) {
                let value = UnsafeBufferPointer(rebasing: bytes[(keyEnd + 1)..<valueEnd])
                return value.first == UInt8(ascii: "\"")
                    ? UnsafeBufferPointer(rebasing: value[1..<(value.count - 1)]) : value
            }
            guard valueEnd < bytes.count, bytes[valueEnd] == UInt8(ascii: ",") else { return nil }
            index = valueEnd + 1
        }
        return nil
    }

    func text(_ name: StaticString) -> String? {
        field(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The index behind a string whose quote stands at `start`.
    private func endOfString(_ start: Int) -> Int? {
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): return index + 1
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }

    /// The index behind a value.
    private func endOfValue(_ start: Int) -> Int? {
        var index = start
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard let end = endOfString(index) else { return nil }
                index = end
                if depth == 0 { return index }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return index }
                depth -= 1
                if depth == 0 { return index + 1 }
            case UInt8(ascii: ","):
                if depth == 0 { return index }
            default: break
            }
            index += 1
        }
        return nil
    }
}
