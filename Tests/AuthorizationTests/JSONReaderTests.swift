import Testing

@testable import Authorization

@Suite("JSONReader")
struct JSONReaderTests {
    @Test(arguments: [
        (#"{"a":1,"a":2}"#, JSONFault.duplicateMember("a")),
        (#"{"a":1,"\u0061":2}"#, .duplicateMember("a")),
        (#"{"a":1}x"#, .unexpectedByte(offset: 7)),
        (#"{"a":1"#, .unexpectedEnd),
        (#"{"a" 1}"#, .unexpectedByte(offset: 5)),
        (#"{"a":1,}"#, .unexpectedByte(offset: 7)),
        ("[1,]", .unexpectedByte(offset: 3)),
        ("[01]", .unexpectedByte(offset: 2)),
        ("[1.]", .unexpectedByte(offset: 3)),
        ("[1e]", .unexpectedByte(offset: 3)),
        ("[-]", .unexpectedByte(offset: 2)),
        ("[+1]", .unexpectedByte(offset: 1)),
        ("[tru]", .unexpectedByte(offset: 4)),
        ("[\"a\nb\"]", .unexpectedByte(offset: 3)),
        (#"["\x"]"#, .invalidEscape(offset: 2)),
        (#"["\ud800"]"#, .unexpectedByte(offset: 8)),
        (#"["\ud800\u0041"]"#, .invalidEscape(offset: 2)),
        (#"["\udc00"]"#, .invalidEscape(offset: 2)),
        (#"["\u12g4"]"#, .invalidEscape(offset: 6)),
        ("", .unexpectedEnd),
        ("   ", .unexpectedEnd),
        (String(repeating: "[", count: 17), .tooDeep(depthMax: 16)),
    ])
    func `refuses what RFC 8259 does not allow`(text: String, fault: JSONFault) {
        #expect(throws: fault) { try JSONReader.read(text) }
    }

    @Test(arguments: [
        (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{08}\u{0C}\n\r\tz"),
        (#""\u00e9\ud83d\ude00""#, "é😀"),
        (#""é😀""#, "é😀"),
        (#""""#, ""),
    ])
    func `reads strings and their escapes`(text: String, expected: String) throws {
        guard case .string(let read) = try JSONReader.read(text) else {
            Issue.record("\(text) is no string")
            return
        }
        #expect(Array(read.utf8) == Array(expected.utf8))
    }

    @Test(arguments: ["0", "-1", "10.50", "1e5", "1E-5", "-0.0e+1"])
    func `keeps the text of a number`(text: String) throws {
        guard case .number(let read) = try JSONReader.read(" \(text)\n") else {
            Issue.record("\(text) is no number")
            return
        }
        #expect(read == text)
    }

    @Test func `reads members in their written order`() throws {
        guard case .object(let members) = try JSONReader.read(#"{ "b" : [ ] , "a" : { } , "c" : null }"#)
        else {
            Issue.record("not an object")
            return
        }
        #expect(members.map(\.name) == ["b", "a", "c"])
    }
}
