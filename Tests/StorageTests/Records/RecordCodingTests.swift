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
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"date":1800000000.125,"name":"é"}"#)
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
}
