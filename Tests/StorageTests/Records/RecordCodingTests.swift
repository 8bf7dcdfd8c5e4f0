import Foundation
import Storage
import Testing

@Suite("Values in records")
struct RecordCodingTests {
    private struct Value: Codable, Equatable {
        var name: String
        var date: Date
        var note: String?
    }

    private let key = RecordKey(RecordKind("test"), "k")

    @Test func `are read as they were written, to the millisecond`() throws {
        let value = Value(name: "é", date: Date(timeIntervalSince1970: 1_800_000_000.125), note: nil)
        let bytes = try RecordCoding.encode(value)
        let record = Record(key: key, value: bytes, version: 1)
        #expect(try RecordCoding.decode(Value.self, from: record) == value)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"name":"é","date":1800000000.125}"#)
    }

    @Test(arguments: ["", "{", "[]", #"{"name":1,"date":0}"#, #"{"name":"hunter2","date":"x"}"#])
    func `that are no such value are an error which names the record and nothing of it`(_ text: String) {
        let record = Record(key: key, value: Array(text.utf8), version: 1)
        #expect(throws: StorageError.corrupted(.record(key))) {
            try RecordCoding.decode(Value.self, from: record)
        }
    }

    @Test func `that JSON cannot hold are refused without being shown`() {
        let value = Value(name: "hunter2", date: Date(timeIntervalSince1970: .nan), note: nil)
        do throws(StorageError) {
            _ = try RecordCoding.encode(value)
            Issue.record("a date that is no number was encoded")
        } catch {
            #expect(!"\(error)".contains("hunter2"))
        }
    }

    // MARK: The writer of JSON

    private enum Shape: Codable, Equatable {
        case plain
        case pair(first: Int, second: String)
        case unnamed(Double)
    }

    /// One of everything that values of the domain are made of.
    private struct Everything: Codable, Equatable {
        var shapes: [Shape]
        var table: [String: [String]]
        var flags: [Bool]
        var small: [Int8]
        var large: UInt64
        var fraction: Float
        var nested: [[Int?]]
        var nothing: String?
        var empty: [String: String]
        var bytes: [UInt8]
        var data: Data
    }

    private let everything = Everything(
        shapes: [.plain, .pair(first: -1, second: "}]"), .unnamed(1e-300)],
        table: ["a": ["b", "c"], "": [], "\"\n": ["\\"]],
        flags: [true, false],
        small: [.min, 0, .max],
        large: .max,
        fraction: 0.5,
        nested: [[1, nil, 3], []],
        nothing: nil,
        empty: [:],
        bytes: [0, 127, 255],
        data: Data([1, 2])
    )

    @Test func `of every shape are read as they were written`() throws {
        let bytes = try RecordCoding.encode(everything)
        let record = Record(key: key, value: bytes, version: 1)
        #expect(try RecordCoding.decode(Everything.self, from: record) == everything)
    }

    @Test func `mean what Foundation's encoder writes for them`() throws {
        let ours = try JSONSerialization.jsonObject(with: Data(try RecordCoding.encode(everything)))
        let theirs = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(everything))
        #expect(ours as? NSDictionary == theirs as? NSDictionary)
    }

    @Test func `hold any text`() throws {
        let texts =
            (0...0x2FF).compactMap { Unicode.Scalar($0).map { String($0) } }
            + ["", "\u{2028}", "😀", "e\u{301}", #"\u0041"#, String(repeating: "\\\"", count: 5000)]
        let value = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ("\($0)", $1) })
        let record = Record(key: key, value: try RecordCoding.encode(value), version: 1)
        #expect(try RecordCoding.decode([String: String].self, from: record) == value)
    }

    private struct NestedByHand: Encodable {
        enum Name: String, CodingKey {
            case first
            case second
            case list
        }

        var goesBack = false

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: Name.self)
            var inner = members.nestedContainer(keyedBy: Name.self, forKey: .first)
            try inner.encode(1, forKey: .first)
            var list = members.nestedUnkeyedContainer(forKey: .list)
            try list.encode("a")
            try list.encodeNil()
            var deepest = list.nestedContainer(keyedBy: Name.self)
            try deepest.encode(true, forKey: .first)
            try members.encode(2, forKey: .second)
            if goesBack { try inner.encode(3, forKey: .list) }
        }
    }

    @Test func `with containers inside are closed in order, and never torn`() throws {
        let text = String(decoding: try RecordCoding.encode(NestedByHand()), as: UTF8.self)
        #expect(text == #"{"first":{"first":1},"list":["a",null,{"first":true}],"second":2}"#)
        #expect(throws: StorageError.self) { try RecordCoding.encode(NestedByHand(goesBack: true)) }
    }

    // MARK: Bytes

    private struct Sealed: Codable, Equatable {
        var name: String
        @StoredBytes var bytes: [UInt8]?
    }

    @Test(arguments: [nil, [], [0], [1, 2], [0xFF, 0xFE, 0xFD], [UInt8](0...255)] as [[UInt8]?])
    func `with bytes are read as they were written`(_ bytes: [UInt8]?) throws {
        let value = Sealed(name: "n", bytes: bytes)
        let record = Record(key: key, value: try RecordCoding.encode(value), version: 1)
        #expect(try RecordCoding.decode(Sealed.self, from: record) == value)
        if bytes?.count == 2 {
            #expect(String(decoding: record.value, as: UTF8.self) == #"{"name":"n","bytes":"AQI="}"#)
        }
    }

    @Test(
        arguments: [
            (#"{"bytes":[1,2,255],"name":"n"}"#, [1, 2, 255]), (#"{"bytes":[],"name":"n"}"#, []),
            (#"{"bytes":null,"name":"n"}"#, nil), (#"{"name":"n"}"#, nil),
        ] as [(String, [UInt8]?)]
    )
    func `with bytes as earlier builds wrote them are read`(_ text: String, _ bytes: [UInt8]?) throws {
        let record = Record(key: key, value: Array(text.utf8), version: 1)
        #expect(try RecordCoding.decode(Sealed.self, from: record) == Sealed(name: "n", bytes: bytes))
    }

    @Test(
        arguments: ["\"AQI\"", "\"A*I=\"", "[256]", "[-1]", "[\"a\"]", "{}", "7", "true"]
    )
    func `with anything else for bytes are damaged`(_ bytes: String) {
        let record = Record(key: key, value: Array("{\"name\":\"n\",\"bytes\":\(bytes)}".utf8), version: 1)
        #expect(throws: StorageError.corrupted(.record(key))) {
            try RecordCoding.decode(Sealed.self, from: record)
        }
    }
}
