import AWSProtocol
import Cryptography

/// A text or a JSON object with places for generated parts: `{{password}}`, `{{hex:BYTES}}`, `{{base64:BYTES}}`.
///
/// Of a JSON object the texts are filled, so that what is generated never breaks the JSON; members of the current value
/// that the template does not have are kept. `{{{{` stands for two braces.
package struct ValueTemplate: Sendable {
    enum Part: Hashable, Sendable {
        case text(String)
        case password
        case hex(bytes: Int)
        case base64(bytes: Int)
    }

    private enum Form: Sendable {
        case text([Part])
        case object(JSONObject)
    }

    /// The most bytes that one place makes.
    private static let bytesMax = 4096

    private let form: Form

    /// Reads a template.
    ///
    /// - Throws: `.permanent` for a place that nothing is known of, JSON that cannot be read, and a template that
    ///   generates nothing.
    package init(_ text: String) throws(RotationFailure) {
        var places = 0
        if text.first(where: { !$0.isWhitespace }) == "{", !text.drop(while: \.isWhitespace).hasPrefix("{{") {
            let json: JSON
            do throws(JSONError) {
                json = try JSON.parse(text)
            } catch {
                throw .permanent("The template begins as a JSON object, but \(error.reason).")
            }
            guard case .object(let object) = json else {
                throw .permanent("The template begins as a JSON object and is none.")
            }
            places = try Self.places(in: json)
            form = .object(object)
        } else {
            let parts = try Self.parts(of: text)
            places = parts.count { if case .text = $0 { false } else { true } }
            form = .text(parts)
        }
        guard places > 0 else { throw .permanent("The template generates nothing: it has no {{password}}.") }
    }

    /// A new value.
    ///
    /// - Parameters:
    ///   - current: The secret's value now, when it has one.
    ///   - passwords: What passwords are made of.
    /// - Returns: The value, with fresh parts in its places.
    /// - Throws: `.permanent` when the template is a JSON object and the current value is not.
    package func value(
        replacing current: SecretValue?,
        passwords: PasswordRules
    ) throws(RotationFailure) -> SecretValue {
        switch form {
        case .text(let parts):
            return SecretValue(.string, Array(Self.fill(parts, passwords).utf8))
        case .object(let template):
            var writer = JSONWriter(capacity: 512)
            writer.beginObject()
            let kept = try Self.members(of: current)
            for (key, value) in kept {
                writer.name(key.text)
                let replacement = template[key.text]
                try Self.write(
                    replacement ?? value,
                    isTemplate: replacement != nil,
                    passwords,
                    to: &writer
                )
            }
            for (key, value) in template.members where !kept.contains(where: { $0.key == key }) {
                writer.name(key.text)
                try Self.write(value, isTemplate: true, passwords, to: &writer)
            }
            writer.endObject()
            return SecretValue(.string, writer.bytes)
        }
    }

    /// Whether a value is of the template's form: text, or a JSON object.
    package func admits(_ value: SecretValue) -> Bool {
        guard value.kind == .string else { return false }
        switch form {
        case .text: return value.exposingSecret { !$0.isEmpty }
        case .object:
            do throws(RotationFailure) {
                return try !Self.members(of: value).isEmpty
            } catch {
                return false
            }
        }
    }
}

// MARK: Filling

extension ValueTemplate {
    private static func members(
        of value: SecretValue?
    ) throws(RotationFailure) -> [(key: JSONString, value: JSON)] {
        guard let value else { return [] }
        let json = value.exposingSecret { bytes -> JSON? in
            guard value.kind == .string else { return nil }
            do throws(JSONError) { return try JSON.parse(bytes) } catch { return nil }
        }
        guard case .object(let object) = json else {
            throw .permanent("The template is a JSON object, and the secret's value is not.")
        }
        return object.members
    }

    private static func write(
        _ json: JSON,
        isTemplate: Bool,
        _ passwords: PasswordRules,
        to writer: inout JSONWriter
    ) throws(RotationFailure) {
        switch json {
        case .string(let text) where isTemplate: writer.string(fill(try parts(of: text.text), passwords))
        case .array(let elements) where isTemplate:
            writer.beginArray()
            for element in elements { try write(element, isTemplate: true, passwords, to: &writer) }
            writer.endArray()
        case .object(let object) where isTemplate:
            writer.beginObject()
            for (key, value) in object.members {
                writer.name(key.text)
                try write(value, isTemplate: true, passwords, to: &writer)
            }
            writer.endObject()
        default: writer.value(json)
        }
    }

    private static func fill(_ parts: [Part], _ passwords: PasswordRules) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .password: passwords.generate().exposingSecret { String(decoding: $0, as: UTF8.self) }
            case .hex(let count): Hex.encode(random(count))
            case .base64(let count): Base64.encode(random(count))
            }
        }.joined()
    }

    private static func random(_ count: Int) -> [UInt8] {
        SecretBytes(randomCount: count).withUnsafeBytes { Array($0) }
    }
}

// MARK: Reading

extension ValueTemplate {
    /// The number of places in all texts of a JSON value.
    private static func places(in json: JSON) throws(RotationFailure) -> Int {
        var count = 0
        switch json {
        case .string(let text):
            for part in try parts(of: text.text) {
                if case .text = part { continue }
                count += 1
            }
        case .array(let elements):
            for element in elements { count += try places(in: element) }
        case .object(let object):
            for member in object.members { count += try places(in: member.value) }
        case .null, .bool, .number: break
        }
        return count
    }

    static func parts(of text: String) throws(RotationFailure) -> [Part] {
        var parts: [Part] = []
        var plain = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            plain += rest[..<open.lowerBound]
            rest = rest[open.upperBound...]
            if rest.hasPrefix("{{") {
                plain += "{{"
                rest = rest.dropFirst(2)
                continue
            }
            guard let close = rest.firstRange(of: "}}") else {
                throw .permanent("The template opens a place with {{ and does not close it.")
            }
            if !plain.isEmpty { parts.append(.text(plain)) }
            plain = ""
            parts.append(try place(String(rest[..<close.lowerBound])))
            rest = rest[close.upperBound...]
        }
        plain += rest
        if !plain.isEmpty { parts.append(.text(plain)) }
        return parts
    }

    private static func place(_ text: String) throws(RotationFailure) -> Part {
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " } }
        if words == ["password"] { return .password }
        guard words.count == 2, ["hex", "base64"].contains(words[0]) else {
            throw .permanent(
                "The template has a place that is not {{password}}, {{hex:BYTES}} or {{base64:BYTES}}."
            )
        }
        guard let count = Int(words[1]), (1...bytesMax).contains(count) else {
            throw .permanent("The template has a place of no number of bytes from 1 to \(bytesMax).")
        }
        return words[0] == "hex" ? .hex(bytes: count) : .base64(bytes: count)
    }
}
