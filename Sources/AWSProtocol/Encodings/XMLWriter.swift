/// Appends XML 1.0 to a byte buffer; whatever the texts hold, the document is well formed.
package struct XMLWriter: Sendable {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Writes the XML declaration; it comes first or not at all.
    package mutating func declaration() {
        bytes.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    }

    /// Writes an element with what `content` writes inside; the name is written as it is.
    package mutating func element<Failure: Error>(
        _ name: String,
        namespace: String? = nil,
        _ content: (inout XMLWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin(name, namespace: namespace)
        try content(&self)
        close(name)
    }

    /// Begins an element, which `end` of the same name ends; the name is written as it is.
    package mutating func begin(_ name: String, namespace: String? = nil) {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(name)
        if let namespace { attribute("xmlns", namespace) }
        bytes.append(UInt8(ascii: ">"))
    }

    /// Ends the element that was begun last.
    package mutating func end(_ name: String) { close(name) }

    /// Writes an element that holds text and may have attributes.
    package mutating func element(
        _ name: String,
        _ text: String,
        attributes: KeyValuePairs<String, String> = [:]
    ) {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(name)
        for (name, value) in attributes { attribute(name, value) }
        bytes.append(UInt8(ascii: ">"))
        escape(text)
        close(name)
    }

    private mutating func attribute(_ name: String, _ value: String) {
        bytes.append(UInt8(ascii: " "))
        bytes.append(name)
        bytes.append("=\"")
        escape(value)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func close(_ name: String) {
        bytes.append("</")
        bytes.append(name)
        bytes.append(UInt8(ascii: ">"))
    }

    /// Appends text; characters that XML 1.0 cannot hold become U+FFFD.
    private mutating func escape(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": bytes.append("&amp;")
            case "<": bytes.append("&lt;")
            case ">": bytes.append("&gt;")
            case "\"": bytes.append("&quot;")
            // A parser turns these into spaces or line feeds unless they are references.
            case "\t": bytes.append("&#x9;")
            case "\n": bytes.append("&#xA;")
            case "\r": bytes.append("&#xD;")
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": bytes.append("\u{FFFD}")
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}
