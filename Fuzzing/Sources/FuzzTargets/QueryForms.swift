import Foundation

@testable import AWSProtocol
@testable import Operations

/// Forms of the Query protocol as trees and as requests, and the XML that answers them.
enum QueryForms {
    /// Holds what is made of a form against its pairs.
    static func check(_ form: Form) {
        guard let tree = accepted({ () throws(FormError) in try QueryParameters(form) }) else { return }
        promise(
            lines(of: tree, "").sorted() == form.pairs.map { "\($0.name)\u{0}\($0.value)" }.sorted(),
            "a form's tree has other parameters than the form"
        )
        for member in members {
            let read = accepted { () throws(InputFailure) in try QueryInput.json(tree, as: [member]) }
            guard let value = read?[member.name] else { continue }
            promise(
                means(value, tree.children[member.name], member.shape),
                "\(member.name) is read as another"
            )
        }
    }

    /// A text in an element comes back but for what XML cannot hold.
    static func checkXML(_ text: String) {
        var writer = XMLWriter()
        writer.declaration()
        writer.element("a", namespace: text) { $0.element("b", text, attributes: ["c": text]) }
        let expected = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isOfXML = scalar.value >= 0x20 || ["\t", "\n", "\r"].contains(scalar)
                    return isOfXML && scalar != "\u{FFFE}" && scalar != "\u{FFFF}" ? scalar : "\u{FFFD}"
                }
            )
        )
        let read = XMLText(writer.bytes)?.texts["b"]
        promise(
            read.map { $0.utf8.elementsEqual(expected.utf8) } ?? false,
            "XML does not come back: \(writer.bytes.repairedText)"
        )
    }

    /// Members as operations declare them, one of each shape.
    private static let members: [Member] = [
        .optional("S", .string()), .optional("I", .integer(0...9)), .optional("B", .boolean),
        .optional("T", .timestamp), .optional("L", .list(.string())), .optional("M", .map),
        .optional(
            "X",
            .list(.structure([.optional("S", .string()), .optional("L", .list(.integer(0...9)))]))
        ),
    ]

    private static func lines(of tree: QueryParameters, _ name: String) -> [String] {
        (tree.value.map { ["\(name)\u{0}\($0)"] } ?? [])
            + tree.children.flatMap { part, child in
                lines(of: child, name.isEmpty ? part : "\(name).\(part)")
            }
    }

    /// Whether a value is what stands at a place, by its shape.
    private static func means(_ value: JSON, _ place: QueryParameters?, _ shape: Shape) -> Bool {
        guard let place else { return false }
        let text = place.value ?? ""
        switch (shape, value) {
        case (.string, .string(let string)): return string.utf8.elementsEqual(text.utf8)
        case (.integer, .number(let number)): return number.int64 == Int64(text)
        case (.boolean, .bool(let flag)): return text.lowercased() == "\(flag)"
        case (.timestamp, .number(let number)):
            return number.double == Timestamp.parseISO8601(text)?.timeIntervalSince1970
        case (.list(let element, _), .array(let values)):
            let places = place.elements ?? []
            return values.count == places.count
                && zip(values, places).allSatisfy { means($0, $1, element) }
        case (.map, .object(let object)):
            return object.count == place.elements?.count
                && (place.elements ?? []).allSatisfy { entry in
                    object[entry.children["key"]?.value ?? ""]?.text == entry.children["value"]?.value
                }
        case (.structure(let members), .object(let object)):
            return object.members.allSatisfy { key, value in
                members.first { key.equals($0.name) }.map {
                    means(value, place.children[$0.name], $0.shape)
                } ?? false
            }
        default: return false
        }
    }
}
