import AWSProtocol

package import struct Foundation.Date

/// Writes the members of an answer: once as the wire's JSON, once as the audit event's.
///
/// The audit form has lower-camel names and readable dates, as CloudTrail has, and leaves out every blob
/// and secret: an operation states what its members are and cannot forget to hide one.
package struct OutputWriter: ~Copyable {
    private enum Form {
        case wire
        case audit
    }

    private var json: JSONWriter
    private let form: Form

    private init(form: Form) {
        json = JSONWriter()
        self.form = form
    }

    /// A whole JSON object for the wire.
    package static func body(_ write: (inout OutputWriter) -> Void) -> [UInt8] {
        var writer = OutputWriter(form: .wire)
        writer.json.beginObject()
        write(&writer)
        writer.json.endObject()
        return writer.json.bytes
    }

    /// The same object as an audit event shows it; nil when nothing is left of it.
    package static func auditFragment(_ write: (inout OutputWriter) -> Void) -> [UInt8]? {
        var writer = OutputWriter(form: .audit)
        writer.json.beginObject()
        write(&writer)
        writer.json.endObject()
        return writer.json.bytes.count > 2 ? writer.json.bytes : nil
    }

    package mutating func string(_ name: String, _ value: String?) {
        guard let value else { return }
        self.name(name)
        json.string(value)
    }

    package mutating func strings(_ name: String, _ values: [String]) {
        self.name(name)
        json.beginArray()
        for value in values { json.string(value) }
        json.endArray()
    }

    package mutating func integer(_ name: String, _ value: Int?) {
        guard let value else { return }
        self.name(name)
        json.integer(Int64(value))
    }

    package mutating func flag(_ name: String, _ value: Bool?) {
        guard let value else { return }
        self.name(name)
        json.bool(value)
    }

    package mutating func timestamp(_ name: String, _ value: Date?) {
        guard let value else { return }
        self.name(name)
        switch form {
        case .wire: json.timestamp(value)
        case .audit: json.string(Timestamp.cloudTrail(value))
        }
    }

    /// Bytes, base64 on the wire and absent from audit events.
    package mutating func blob(_ name: String, _ value: [UInt8]?) {
        guard form == .wire, let value else { return }
        self.name(name)
        json.base64(value)
    }

    /// Text that gives power to whoever reads it; absent from audit events.
    package mutating func secret(_ name: String, _ value: String) {
        guard form == .wire else { return }
        string(name, value)
    }

    package mutating func object(_ name: String, _ write: (inout OutputWriter) -> Void) {
        self.name(name)
        json.beginObject()
        write(&self)
        json.endObject()
    }

    package mutating func objects<Element>(
        _ name: String,
        _ elements: [Element],
        _ write: (inout OutputWriter, Element) -> Void
    ) {
        self.name(name)
        json.beginArray()
        for element in elements {
            json.beginObject()
            write(&self, element)
            json.endObject()
        }
        json.endArray()
    }

    /// A map from strings to strings, its names as they are.
    package mutating func map(_ name: String, _ pairs: some Sequence<(key: String, value: String)>) {
        self.name(name)
        json.beginObject()
        for (key, value) in pairs {
            json.name(key)
            json.string(value)
        }
        json.endObject()
    }

    private mutating func name(_ name: String) {
        switch form {
        case .wire: json.name(name)
        case .audit: json.name(name.prefix(1).lowercased() + name.dropFirst())
        }
    }
}
