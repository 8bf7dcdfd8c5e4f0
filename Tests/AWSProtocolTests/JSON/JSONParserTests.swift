import Testing

@testable import AWSProtocol

@Suite("JSON parsing")
struct JSONParserTests {
    @Test func `reads every kind of value`() throws {
        let json = try JSON.parse(#" {"a":[1,-2.5e3,true,false,null,"x",{}],"b":{"c":""}} "#)
        guard case .object(let object) = json else {
            Issue.record("not an object")
            return
        }
        #expect(object.members.map(\.key.text) == ["a", "b"])
        let elements = try #require(object["a"]?.elements)
        #expect(elements.count == 7)
        #expect(elements[4].isNull)
        #expect(elements[5].text == "x")
        #expect(json["b"]?["c"]?.text == "")
        #expect(json["c"] == nil)
        #expect(object[""] == nil)
    }

    @Test(arguments: [
        (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9""#, "Aé"),
        (#""\ud83d\ude00""#, "😀"), (#""aé漢😀z""#, "aé漢😀z"), (#""\u0000""#, "\0"), (#""\uFFFF""#, "\u{FFFF}"),
        (#""0123456789abcdef\n0123456789abcdef""#, "0123456789abcdef\n0123456789abcdef"),
        (#""0123456é89abcdef😀""#, "0123456é89abcdef😀"), ("\"\u{7F}\"", "\u{7F}"),
    ])
    func `decodes strings`(_ source: String, _ text: String) throws {
        guard case .string(let string) = try JSON.parse(source) else {
            Issue.record("not a string")
            return
        }
        #expect(string.text == text)
        #expect(Array(string.utf8) == Array(text.utf8))
        #expect(string == JSONString(text))
        #expect(string.equals(text))
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-12", -12), ("1.0", 1), ("1e3", 1000), ("12.5e1", 125),
            ("999999999999999999", 999_999_999_999_999_999), ("9223372036854775807", Int64.max),
            ("-9223372036854775808", Int64.min),
        ] as [(String, Int64)]
    )
    func `gives whole numbers exactly`(_ source: String, _ value: Int64) throws {
        guard case .number(let number) = try JSON.parse(source) else {
            Issue.record("not a number")
            return
        }
        #expect(number.int64 == value)
        #expect(number.text == source)
    }

    @Test(arguments: [
        ("1.5", 1.5), ("1e-1", 0.1), ("9223372036854775808", 9_223_372_036_854_775_808.0), ("1e300", 1e300),
        ("99999999999999999999", 1e20),
    ])
    func `does not give other numbers as whole`(_ source: String, _ value: Double) throws {
        guard case .number(let number) = try JSON.parse(source) else {
            Issue.record("not a number")
            return
        }
        #expect(number.int64 == nil)
        #expect(number.double == value)
    }

    @Test func `gives no infinite double`() throws {
        guard case .number(let number) = try JSON.parse("1e999") else {
            Issue.record("not a number")
            return
        }
        #expect(number.double == nil)
        #expect(number.int64 == nil)
    }

    @Test(
        arguments: [
            ("", JSONError.unexpectedEnd), ("  ", .unexpectedEnd), ("{", .unexpectedEnd),
            ("[1", .unexpectedEnd),
            (#"{"a""#, .unexpectedEnd), (#"{"a":"#, .unexpectedEnd), (#"{"a":1"#, .unexpectedEnd),
            (#""abc"#, .unexpectedEnd), (#""abc\"#, .unexpectedEnd), (#""\u12"#, .unexpectedEnd),
            ("tru", .unexpectedEnd), ("trux", .unexpectedByte(offset: 3)),
            ("NaN", .unexpectedByte(offset: 0)),
            ("Infinity", .unexpectedByte(offset: 0)), ("+1", .unexpectedByte(offset: 0)),
            (".5", .unexpectedByte(offset: 0)), ("'a'", .unexpectedByte(offset: 0)),
            ("[1,]", .unexpectedByte(offset: 3)), ("[,1]", .unexpectedByte(offset: 1)),
            ("[1 2]", .unexpectedByte(offset: 3)), (#"{"a":1,}"#, .unexpectedByte(offset: 7)),
            ("{a:1}", .unexpectedByte(offset: 1)), (#"{"a" 1}"#, .unexpectedByte(offset: 5)),
            (#"{"a":1]"#, .unexpectedByte(offset: 6)), ("\u{FEFF}{}", .unexpectedByte(offset: 0)),
            ("// x\n1", .unexpectedByte(offset: 0)), ("[1]]", .trailingBytes(offset: 3)),
            ("1 2", .trailingBytes(offset: 2)), ("01", .invalidNumber(offset: 0)),
            ("-", .invalidNumber(offset: 0)),
            ("-01", .invalidNumber(offset: 0)), ("1.", .invalidNumber(offset: 0)),
            ("1e", .invalidNumber(offset: 0)),
            ("1e+", .invalidNumber(offset: 0)), ("0x10", .trailingBytes(offset: 1)),
            ("\"a\nb\"", .controlCharacter(offset: 2)),
            ("\"0123456789\u{1}\"", .controlCharacter(offset: 11)),
            ("\"\0\"", .controlCharacter(offset: 1)), ("\"0\u{2}23456789ab\"", .controlCharacter(offset: 2)),
            ("\"01234\u{1F}789abc\"", .controlCharacter(offset: 6)), (#""\x41""#, .invalidEscape(offset: 1)),
            (#""\u12g4""#, .invalidEscape(offset: 1)), (#""\ud800""#, .loneSurrogate(offset: 1)),
            (#""\ud800x""#, .loneSurrogate(offset: 1)), (#""\ud800\u0041""#, .loneSurrogate(offset: 1)),
            (#""\ude00""#, .loneSurrogate(offset: 1)), (#"{"a":1,"a":2}"#, .duplicateName(offset: 7)),
            (#"{"a":1,"\u0061":2}"#, .duplicateName(offset: 7)), (#"{"":1,"":2}"#, .duplicateName(offset: 6)),
        ] as [(String, JSONError)]
    )
    func `refuses what RFC 8259 does not allow`(_ source: String, _ error: JSONError) {
        #expect(throws: error) { try JSON.parse(source) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
            [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFF], [0xFE],
        ] as [[UInt8]]
    )
    func `refuses text that is not UTF-8`(_ bytes: [UInt8]) {
        #expect(throws: JSONError.invalidUTF8(offset: 1)) { try JSON.parse([0x22] + bytes + [0x22]) }
        #expect(throws: JSONError.invalidUTF8(offset: 10)) {
            try JSON.parse([0x22] + Array("012345678".utf8) + bytes + [0x22])
        }
    }

    @Test func `counts arrays and objects towards the depth`() throws {
        let deepest = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        _ = try JSON.parse(deepest)
        #expect(throws: JSONError.tooDeep(depthMax: 32)) { try JSON.parse("[\(deepest)]") }
        #expect(throws: JSONError.tooDeep(depthMax: 1)) { try JSON.parse(#"{"a":{}}"#, depthMax: 1) }
        #expect(throws: JSONError.tooDeep(depthMax: 32)) {
            try JSON.parse(String(repeating: "[", count: 1_000_000))
        }
    }

    @Test(arguments: [1, 15, 16, 17, 18, 1_000])
    func `finds a repeated name in objects of any size`(count: Int) throws {
        let members = (0..<count).map { "\"name\($0)\":\($0)" }
        let object = "{\(members.joined(separator: ","))}"
        #expect(try JSON.parse(object)["name\(count - 1)"] != nil)
        for repeated in [0, count - 1] {
            let doubled = "{\(members.joined(separator: ",")),\"name\(repeated)\":0}"
            #expect(throws: JSONError.self) { try JSON.parse(doubled) }
        }
    }

    @Test func `reads a hundred thousand members in linear time`() throws {
        let members = (0..<100_000).map { "\"\($0)\":0" }.joined(separator: ",")
        guard case .object(let object) = try JSON.parse("{\(members)}") else {
            Issue.record("not an object")
            return
        }
        #expect(object.count == 100_000)
    }

    @Test func `does not print what it holds`() throws {
        let json = try JSON.parse(#"{"Plaintext":"c2VjcmV0","n":12345,"e":"\u0073ecret"}"#)
        var dumped = ""
        dump(json, to: &dumped)
        for text in ["\(json)", String(reflecting: json), dumped] {
            #expect(!text.contains("c2VjcmV0"))
            #expect(!text.contains("12345"))
            #expect(!text.contains("secret"))
            #expect(!text.contains("115"), "bytes of the text in decimal")
        }
    }
}
