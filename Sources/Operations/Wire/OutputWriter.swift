package import AWSProtocol

package import struct Foundation.Date

/// Writes the members of an answer: as the wire's JSON or XML, and once more as the audit event's JSON.
///
/// The audit form has lower-camel names and readable dates, as CloudTrail has, and leaves out every blob
/// and secret: an operation states what its members are and cannot forget to hide one.
package struct OutputWriter: ~Copyable {
    private enum Form {
        case wire
        case xml
        case audit
    }

    /// Written in the forms `wire` and `audit`.
    private var json: JSONWriter
    /// Written in the form `xml`.
    private var xml = XMLWriter()
    private let form: Form

    private init(form: Form) {
        json = form == .wire ? JSONWriter(capacity: 704) : JSONWriter(capacity: 0)
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

    /// A whole answer of the Query protocol; without `write` it has no result element.
    ///
    /// Source: IAM User Guide, "Making query requests", "Structure of the response".
    package static func document(
        of operation: String,
        namespace: String?,
        requestID: RequestID,
        _ write: ((inout OutputWriter) -> Void)?
    ) -> [UInt8] {
        var writer = OutputWriter(form: .xml)
        writer.xml.begin(operation + "Response", namespace: namespace)
        if let write {
            writer.xml.begin(operation + "Result")
            write(&writer)
            writer.xml.end(operation + "Result")
        }
        writer.xml.begin("ResponseMetadata")
        writer.xml.element("RequestId", requestID.description)
        writer.xml.end("ResponseMetadata")
        writer.xml.end(operation + "Response")
        return writer.xml.bytes
    }

    /// The same object as an audit event shows it; nil when nothing is left of it.
    package static func auditFragment(_ write: (inout OutputWriter) -> Void) -> [UInt8]? {
        var writer = OutputWriter(form: .audit)
        write(&writer)
        guard !writer.json.bytes.isEmpty else { return nil }
        writer.json.endObject()
        return writer.json.bytes
    }

    package mutating func string(_ name: String, _ value: String?) {
        guard let value else { return }
        if form == .xml { return xml.element(name, value) }
        self.name(name)
        json.string(value)
    }

    package mutating func strings(_ name: String, _ values: [String]) {
        if form == .xml {
            xml.begin(name)
            for value in values { xml.element("member", value) }
            return xml.end(name)
        }
        self.name(name)
        json.beginArray()
        for value in values { json.string(value) }
        json.endArray()
    }

    package mutating func integer(_ name: String, _ value: Int?) {
        guard let value else { return }
        if form == .xml { return xml.element(name, String(value)) }
        self.name(name)
        json.integer(Int64(value))
    }

    package mutating func flag(_ name: String, _ value: Bool?) {
        guard let value else { return }
        if form == .xml { return xml.element(name, value ? "true" : "false") }
        self.name(name)
        json.bool(value)
    }

    package mutating func timestamp(_ name: String, _ value: Date?) {
        guard let value else { return }
        switch form {
        case .wire:
            self.name(name)
            json.timestamp(value)
        case .xml: xml.element(name, Timestamp.iso8601(value))
        case .audit:
            self.name(name)
            json.string(Timestamp.cloudTrail(value))
        }
    }

    /// Bytes, base64 on the wire and absent from audit events.
    package mutating func blob(_ name: String, _ value: [UInt8]?) {
        guard let value else { return }
        switch form {
        case .wire:
            self.name(name)
            json.base64(value)
        case .xml: xml.element(name, Base64.encode(value))
        case .audit: break
        }
    }

    /// Text that gives power to whoever reads it; absent from audit events.
    package mutating func secret(_ name: String, _ value: String) {
        guard form != .audit else { return }
        string(name, value)
    }

    package mutating func object(_ name: String, _ write: (inout OutputWriter) -> Void) {
        if form == .xml {
            xml.begin(name)
            write(&self)
            return xml.end(name)
        }
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
        if form == .xml {
            xml.begin(name)
            for element in elements {
                xml.begin("member")
                write(&self, element)
                xml.end("member")
            }
            return xml.end(name)
        }
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
        if form == .xml {
            xml.begin(name)
            for (key, value) in pairs {
                xml.begin("entry")
                xml.element("key", key)
                xml.element("value", value)
                xml.end("entry")
            }
            return xml.end(name)
        }
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
        case .wire, .xml: json.name(name)
        case .audit:
            // Most operations have nothing to tell, which shall cost nothing.
            if json.bytes.isEmpty {
                json = JSONWriter(capacity: 160)
                json.beginObject()
            }
            json.name(lowercasingFirst: name)
        }
    }
}
