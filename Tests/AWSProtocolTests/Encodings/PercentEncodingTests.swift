import Foundation
import Testing

@testable import AWSProtocol

@Suite("PercentEncoding")
struct PercentEncodingTests {
    @Test(arguments: [
        ("aZ09-._~", "aZ09-._~"), (" +/=&%", "%20%2B%2F%3D%26%25"), ("é", "%C3%A9"), ("", ""),
        ("!*'()", "%21%2A%27%28%29"),
    ])
    func `encodes all but the unreserved characters`(_ text: String, _ encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded.utf8) == Array(text.utf8))
    }

    @Test func `keeps slashes when asked`() {
        #expect(PercentEncoding.encode("a/b c", keepingSlashes: true) == "a/b%20c")
    }

    @Test(arguments: ["%", "%4", "a%", "%g0", "%0g", "%%41"])
    func `refuses incomplete escapes`(_ text: String) {
        #expect(PercentEncoding.decode(text.utf8) == nil)
    }

    @Test func `reads a plus as a space only when asked`() {
        #expect(PercentEncoding.decode("a+b".utf8) == Array("a+b".utf8))
        #expect(PercentEncoding.decode("a+b".utf8, plusIsSpace: true) == Array("a b".utf8))
    }
}

@Suite("XMLWriter")
struct XMLWriterTests {
    @Test func `nests elements and escapes texts`() throws {
        var xml = XMLWriter()
        xml.declaration()
        xml.element("Root", namespace: "http://x/?a&b") { xml in
            xml.element("A", "<&>\"' é😀", attributes: ["b": "\"<"])
            xml.element("Empty") { _ in }
        }
        let text = String(decoding: xml.bytes, as: UTF8.self)
        #expect(
            text == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<Root xmlns=\"http://x/?a&amp;b\"><A b=\"&quot;&lt;\">&lt;&amp;&gt;&quot;' é😀</A>"
                + "<Empty></Empty></Root>"
        )
    }

    @Test func `replaces what XML cannot hold and keeps white space`() {
        var xml = XMLWriter()
        xml.element("A", "\0\u{1}\t\n\r\u{1F}\u{FFFE}\u{FFFF}x")
        #expect(
            String(decoding: xml.bytes, as: UTF8.self)
                == "<A>\u{FFFD}\u{FFFD}&#x9;&#xA;&#xD;\u{FFFD}\u{FFFD}\u{FFFD}x</A>"
        )
    }
}
