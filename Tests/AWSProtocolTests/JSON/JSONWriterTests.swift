import Foundation
import Testing

@testable import AWSProtocol

@Suite("JSONWriter")
struct JSONWriterTests {
    private func written(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func `places commas between members and elements only`() {
        let text = written { json in
            json.beginObject()
            json.name("a")
            json.beginArray()
            json.integer(1)
            json.integer(-2)
            json.beginObject()
            json.endObject()
            json.beginArray()
            json.endArray()
            json.endArray()
            json.name("b")
            json.null()
            json.name("c")
            json.bool(true)
            json.name("d")
            json.raw(Array(#"{"x":1}"#.utf8))
            json.name("e")
            json.string("")
            json.endObject()
        }
        #expect(text == #"{"a":[1,-2,{},[]],"b":null,"c":true,"d":{"x":1},"e":""}"#)
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\u{8}\t\n\u{c}\r", #""\b\t\n\f\r""#),
        ("\0\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("é漢😀\u{2028}", "\"é漢😀\u{2028}\""),
        ("0123456789\"0123456789", #""0123456789\"0123456789""#),
    ])
    func `escapes what must be escaped and nothing else`(_ text: String, _ expected: String) {
        #expect(written { $0.string(text) } == expected)
        #expect(written { $0.string(JSONString(text)) } == expected)
    }

    @Test(arguments: [
        (0.0, "0"), (1_700_000_000.0, "1700000000"), (1_700_000_000.5, "1700000000.500"),
        (1_700_000_000.001, "1700000000.001"), (1_700_000_000.0004, "1700000000"), (-0.5, "-0.500"),
        (-1.25, "-1.250"), (1e300, "253402300799.999"), (.nan, "0"), (-.infinity, "-62167219200"),
    ])
    func `writes timestamps as plain decimals of milliseconds`(_ seconds: Double, _ expected: String) {
        #expect(written { $0.timestamp(Date(timeIntervalSince1970: seconds)) } == expected)
    }

    @Test func `writes base64 and ids in place`() {
        #expect(written { $0.base64(Array("hello".utf8)) } == #""aGVsbG8=""#)
        #expect(written { $0.base64([]) } == #""""#)
        let id = RequestID.random()
        #expect(written { $0.string(id) } == "\"\(id)\"")
    }
}
