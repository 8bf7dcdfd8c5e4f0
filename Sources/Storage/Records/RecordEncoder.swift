/// Writes a value as JSON, straight into bytes.
///
/// Foundation's encoder builds a tree of the whole value first, which took longer than everything else that is
/// done with a record. Members come in the order in which their type gives them. Dates are seconds since 1970.
struct RecordEncoder: Encoder {
    let output: RecordOutput
    /// How many objects and arrays are open around this value.
    let depth: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The JSON of a value.
    ///
    /// - Throws: `EncodingError` for a number that JSON has no form for, and for a type that goes back to an
    ///   object or array which it has left.
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let output = RecordOutput()
        try output.write(value, depth: 0)
        return output.bytes
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(RecordObject<Key>(output: output, level: output.open(.object, at: depth)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        RecordArray(output: output, level: output.open(.array, at: depth))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        RecordScalar(output: output, depth: depth)
    }
}

/// The members of an object.
private struct RecordObject<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let output: RecordOutput
    let level: RecordOutput.Level

    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) throws {
        try output.beginMember(key.stringValue, of: level)
        output.writeNull()
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try output.beginMember(key.stringValue, of: level)
        try output.write(value, depth: level.depth)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        nested(key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { nested(named: "super") }

    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: Key) -> RecordEncoder { nested(named: key.stringValue) }

    private func nested(named name: String) -> RecordEncoder {
        output.noting { () throws(EncodingError) in try output.beginMember(name, of: level) }
        return RecordEncoder(output: output, depth: level.depth)
    }
}

/// The elements of an array.
private struct RecordArray: UnkeyedEncodingContainer {
    let output: RecordOutput
    let level: RecordOutput.Level
    private(set) var count = 0

    init(output: RecordOutput, level: RecordOutput.Level) {
        self.output = output
        self.level = level
    }

    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() throws {
        try begin()
        output.writeNull()
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        try begin()
        try output.write(value, depth: level.depth)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
        nested().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder { nested() }

    private mutating func begin() throws(EncodingError) {
        try output.beginElement(of: level)
        count += 1
    }

    private mutating func nested() -> RecordEncoder {
        count += 1
        output.noting { () throws(EncodingError) in try output.beginElement(of: level) }
        return RecordEncoder(output: output, depth: level.depth)
    }
}

/// A value by itself.
private struct RecordScalar: SingleValueEncodingContainer {
    let output: RecordOutput
    let depth: Int

    var codingPath: [any CodingKey] { [] }

    func encodeNil() { output.writeNull() }
    func encode(_ value: String) { output.write(value) }
    func encode(_ value: Bool) { output.write(value) }
    func encode(_ value: Double) throws { try output.write(value) }
    func encode(_ value: Float) throws { try output.write(Double(value)) }
    func encode(_ value: Int) { output.write(value) }
    func encode(_ value: Int8) { output.write(value) }
    func encode(_ value: Int16) { output.write(value) }
    func encode(_ value: Int32) { output.write(value) }
    func encode(_ value: Int64) { output.write(value) }
    func encode(_ value: UInt) { output.write(value) }
    func encode(_ value: UInt8) { output.write(value) }
    func encode(_ value: UInt16) { output.write(value) }
    func encode(_ value: UInt32) { output.write(value) }
    func encode(_ value: UInt64) { output.write(value) }

    func encode<Value: Encodable>(_ value: Value) throws {
        try output.write(value, depth: depth)
    }
}
