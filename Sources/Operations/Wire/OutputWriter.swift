package import AWSProtocol

package import struct Foundation.Date

/// Writes the members of an answer: as the wire's JSON or XML, and in the same pass as the audit event's JSON.
///
/// The audit form has lower-camel names and readable dates, as CloudTrail has, and leaves out every blob
/// and secret: an operation states what its members are and cannot forget to hide one.
package struct OutputWriter: ~Copyable {
    private struct Forms: OptionSet {
        let rawValue: UInt8

        static let json = Forms(rawValue: 1)
        static let xml = Forms(rawValue: 2)
        static let audit = Forms(rawValue: 4)
    }

    /// An answer as it leaves, and as its audit event shows it.
    package struct Output {
        package let body: [UInt8]
        /// Nil when it is not recorded or nothing is left of it.
        package let recorded: [UInt8]?
    }

    private let forms: Forms
    private var json: JSONWriter
    private var xml = XMLWriter()
    /// Empty before its first member: most operations have nothing to tell, which shall cost nothing.
    private var audit = JSONWriter(capacity: 0)

    private init(forms: Forms) {
        json = JSONWriter(capacity: forms.contains(.json) ? 704 : 0)
        self.forms = forms
    }

    /// A whole JSON object for the wire.
    package static func answer(
        recording isRecorded: Bool = false,
        _ write: (inout OutputWriter) -> Void
    ) -> Output {
        var writer = OutputWriter(forms: isRecorded ? [.json, .audit] : .json)
        writer.json.beginObject()
        write(&writer)
        writer.json.endObject()
        return Output(body: writer.json.bytes, recorded: writer.fragment())
    }

    /// A whole answer of the Query protocol; without `write` it has no result element.
    ///
    /// Source: IAM User Guide, "Making query requests", "Structure of the response".
    package static func document(
        of operation: String,
        namespace: String?,
        requestID: RequestID,
        recording isRecorded: Bool = false,
        _ write: ((inout OutputWriter) -> Void)?
    ) -> Output {
        var writer = OutputWriter(forms: isRecorded ? [.xml, .audit] : .xml)
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
        return Output(body: writer.xml.bytes, recorded: writer.fragment())
    }

    /// An object as an audit event shows it; nil when nothing is left of it.
    package static func auditFragment(_ write: (inout OutputWriter) -> Void) -> [UInt8]? {
        var writer = OutputWriter(forms: .audit)
        write(&writer)
        return writer.fragment()
    }

    /// What the audit form has come to.
    private mutating func fragment() -> [UInt8]? {
        guard !audit.bytes.isEmpty else { return nil }
        audit.endObject()
        return audit.bytes
    }
}

// MARK: Values

extension OutputWriter {
    package mutating func string(_ name: String, _ value: String?) {
        guard let value else { return }
        if forms.contains(.xml) { xml.element(name, value) }
        member(name) { $0.string(value) }
    }

    package mutating func integer(_ name: String, _ value: Int?) {
        guard let value else { return }
        if forms.contains(.xml) { xml.element(name, String(value)) }
        member(name) { $0.integer(Int64(value)) }
    }

    package mutating func flag(_ name: String, _ value: Bool?) {
        guard let value else { return }
        if forms.contains(.xml) { xml.element(name, value ? "true" : "false") }
        member(name) { $0.bool(value) }
    }

    package mutating func timestamp(_ name: String, _ value: Date?) {
        guard let value else { return }
        if forms.contains(.xml) { xml.element(name, Timestamp.iso8601(value)) }
        wireMember(name) { $0.timestamp(value) }
        auditMember(name) { $0.string(Timestamp.cloudTrail(value)) }
    }

    /// Bytes, base64 on the wire and absent from audit events.
    package mutating func blob(_ name: String, _ value: [UInt8]?) {
        guard let value else { return }
        if forms.contains(.xml) { xml.element(name, Base64.encode(value)) }
        wireMember(name) { $0.base64(value) }
    }

    /// Text that gives power to whoever reads it; absent from audit events.
    package mutating func secret(_ name: String, _ value: String) {
        if forms.contains(.xml) { xml.element(name, value) }
        wireMember(name) { $0.string(value) }
    }
}

// MARK: Values of many

extension OutputWriter {
    package mutating func strings(_ name: String, _ values: [String]) {
        if forms.contains(.xml) {
            xml.begin(name)
            for value in values { xml.element("member", value) }
            xml.end(name)
        }
        member(name) { json in
            json.beginArray()
            for value in values { json.string(value) }
            json.endArray()
        }
    }

    package mutating func object(_ name: String, _ write: (inout OutputWriter) -> Void) {
        if forms.contains(.xml) { xml.begin(name) }
        member(name) { $0.beginObject() }
        write(&self)
        each { $0.endObject() }
        if forms.contains(.xml) { xml.end(name) }
    }

    package mutating func objects<Element>(
        _ name: String,
        _ elements: [Element],
        _ write: (inout OutputWriter, Element) -> Void
    ) {
        if forms.contains(.xml) { xml.begin(name) }
        member(name) { $0.beginArray() }
        for element in elements {
            if forms.contains(.xml) { xml.begin("member") }
            each { $0.beginObject() }
            write(&self, element)
            each { $0.endObject() }
            if forms.contains(.xml) { xml.end("member") }
        }
        each { $0.endArray() }
        if forms.contains(.xml) { xml.end(name) }
    }

    /// A map from strings to strings, its names as they are.
    package mutating func map(_ name: String, _ pairs: some Sequence<(key: String, value: String)>) {
        let pairs = Array(pairs)
        if forms.contains(.xml) {
            xml.begin(name)
            for (key, value) in pairs {
                xml.begin("entry")
                xml.element("key", key)
                xml.element("value", value)
                xml.end("entry")
            }
            xml.end(name)
        }
        member(name) { json in
            json.beginObject()
            for (key, value) in pairs {
                json.name(key)
                json.string(value)
            }
            json.endObject()
        }
    }
}

// MARK: Forms

extension OutputWriter {
    /// Writes a member that the wire's JSON and the audit event have alike, but for the case of its name.
    private mutating func member(_ name: String, _ value: (inout JSONWriter) -> Void) {
        wireMember(name, value)
        auditMember(name, value)
    }

    private mutating func wireMember(_ name: String, _ value: (inout JSONWriter) -> Void) {
        guard forms.contains(.json) else { return }
        json.name(name)
        value(&json)
    }

    private mutating func auditMember(_ name: String, _ value: (inout JSONWriter) -> Void) {
        guard forms.contains(.audit) else { return }
        if audit.bytes.isEmpty {
            audit = JSONWriter(capacity: forms == .audit ? 160 : 704)
            audit.beginObject()
        }
        audit.name(lowercasingFirst: name)
        value(&audit)
    }

    /// Writes the same to what is there of JSON.
    private mutating func each(_ write: (inout JSONWriter) -> Void) {
        if forms.contains(.json) { write(&json) }
        if forms.contains(.audit) { write(&audit) }
    }
}
