import Foundation
import Operations
import Testing

@Suite("Writing an answer")
struct OutputWriterTests {
    private func write(_ output: inout OutputWriter) {
        output.string("KeyId", "k")
        output.string("Absent", nil)
        output.blob("Plaintext", Array("secret".utf8))
        output.secret("GrantToken", "bearer")
        output.timestamp("CreationDate", Date(timeIntervalSince1970: 1_440_938_160))
        output.object("Metadata") { $0.flag("Enabled", true) }
        output.objects("Keys", ["a", "b"]) { $0.string("KeyId", $1) }
    }

    @Test func `puts every member on the wire`() {
        let body = String(decoding: OutputWriter.body { write(&$0) }, as: UTF8.self)
        #expect(
            body
                == #"{"KeyId":"k","Plaintext":"c2VjcmV0","GrantToken":"bearer","CreationDate":1440938160,"#
                + #""Metadata":{"Enabled":true},"Keys":[{"KeyId":"a"},{"KeyId":"b"}]}"#
        )
    }

    @Test func `keeps blobs and secrets out of the audit event`() throws {
        let fragment = try #require(OutputWriter.auditFragment { write(&$0) })
        let text = String(decoding: fragment, as: UTF8.self)
        #expect(
            text
                == #"{"keyId":"k","creationDate":"Aug 30, 2015, 12:36:00 PM","#
                + #""metadata":{"enabled":true},"keys":[{"keyId":"a"},{"keyId":"b"}]}"#
        )
    }

    @Test func `leaves out an audit fragment that would be empty`() {
        #expect(OutputWriter.auditFragment { $0.blob("Plaintext", [1, 2, 3]) } == nil)
    }
}
