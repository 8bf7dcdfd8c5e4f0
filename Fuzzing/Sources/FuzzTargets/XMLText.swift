/// An XML document read as strictly as our answers are written: elements, attributes, text and references.
struct XMLText {
    /// The name of the outermost element.
    let root: String
    /// The text of the first element of each name that holds nothing but text.
    let texts: [String: String]

    /// Nil for bytes that are no document of that kind.
    init?(_ bytes: [UInt8]) {
        var reader = XMLReader(rest: bytes[...])
        guard bytes.text != nil, let name = reader.readDocument() else { return nil }
        root = name
        texts = reader.texts
    }
}

/// Reads a document from its beginning to its end.
private struct XMLReader {
    var rest: ArraySlice<UInt8>
    var texts: [String: String] = [:]

    /// The name of the outermost element.
    mutating func readDocument() -> String? {
        if take("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") { _ = take("\n") }
        let name = readElement(depth: 0)
        return rest.isEmpty ? name : nil
    }

    /// Reads an element with all that is in it; gives its name.
    private mutating func readElement(depth: Int) -> String? {
        guard depth < 64, take("<"), let name = readName() else { return nil }
        while take(" ") {
            guard readName() != nil, take("=\""), readText(upTo: UInt8(ascii: "\"")) != nil, take("\"") else {
                return nil
            }
        }
        if take("/>") { return name }
        guard take(">"), let text = readText(upTo: UInt8(ascii: "<")) else { return nil }
        var hasElements = false
        while !take("</") {
            hasElements = true
            guard readElement(depth: depth + 1) != nil, readText(upTo: UInt8(ascii: "<")) != nil else {
                return nil
            }
        }
        guard take(name), take(">") else { return nil }
        if !hasElements, texts[name] == nil { texts[name] = text }
        return name
    }

    private mutating func readName() -> String? {
        let name = rest.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_.:".utf8.contains(byte)
            }
        }
        guard let first = name.first, first > UInt8(ascii: "9") else { return nil }
        rest = rest.dropFirst(name.count)
        return String(decoding: name, as: UTF8.self)
    }

    /// Reads text to a sign that is not part of it; nil for characters and references that XML 1.0 does not have.
    private mutating func readText(upTo end: UInt8) -> String? {
        var text: [UInt8] = []
        while let byte = rest.first, byte != end {
            guard byte == UInt8(ascii: "&") else {
                guard byte >= 0x20 || byte == 0x0A, byte != UInt8(ascii: "<") else { return nil }
                text.append(byte)
                rest = rest.dropFirst()
                continue
            }
            guard let (sign, meaning) = Self.references.first(where: { rest.starts(with: $0.sign.utf8) })
            else { return nil }
            rest = rest.dropFirst(sign.utf8.count)
            text.append(meaning)
        }
        guard let text = text.text else { return nil }
        return text.unicodeScalars.contains { $0 == "\u{FFFE}" || $0 == "\u{FFFF}" } ? nil : text
    }

    private static let references: [(sign: String, meaning: UInt8)] = [
        ("&amp;", UInt8(ascii: "&")), ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
        ("&quot;", UInt8(ascii: "\"")), ("&#x9;", 0x09), ("&#xA;", 0x0A), ("&#xD;", 0x0D),
    ]

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }
}
