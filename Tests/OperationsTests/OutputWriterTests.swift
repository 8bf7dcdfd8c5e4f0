import AWSProtocol
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
        let body = String(decoding: OutputWriter.answer { write(&$0) }.body, as: UTF8.self)
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
        #expect(OutputWriter.answer(recording: true) { $0.blob("Plaintext", [1, 2, 3]) }.recorded == nil)
    }

    @Test func `writes the wire's form and the audit event's in one pass as it does one by one`() {
        func all(_ output: inout OutputWriter) {
            write(&output)
            output.strings("Names", ["a<b", "&"])
            output.map("Attributes", [(key: "K", value: "v")])
            output.integer("Count", 3)
            output.objects("None", [String]()) { $0.string("KeyId", $1) }
            output.object("Hidden") { $0.blob("Plaintext", [1]) }
        }
        let fragment = OutputWriter.auditFragment { all(&$0) }
        let body = OutputWriter.answer { all(&$0) }
        let id = RequestID.random()
        func document(recording: Bool) -> OutputWriter.Output {
            OutputWriter.document(of: "Get", namespace: nil, requestID: id, recording: recording) { all(&$0) }
        }
        #expect(fragment != nil)
        #expect(body.recorded == nil)
        #expect(OutputWriter.answer(recording: true) { all(&$0) }.body == body.body)
        #expect(OutputWriter.answer(recording: true) { all(&$0) }.recorded == fragment)
        #expect(document(recording: true).body == document(recording: false).body)
        #expect(document(recording: true).recorded == fragment)
        #expect(document(recording: false).recorded == nil)
    }

    @Test func `writes an answer of the Query protocol`() {
        let id = RequestID.random()
        let answer = OutputWriter.document(of: "ListKeys", namespace: "urn:x", requestID: id) { output in
            write(&output)
            output.strings("Names", ["a<b", "&"])
            output.strings("None", [])
            output.map("Attributes", [(key: "k", value: "v")])
            output.integer("Count", 3)
        }
        let head = "<ListKeysResponse xmlns=\"urn:x\"><ListKeysResult>"
        let members =
            "<KeyId>k</KeyId><Plaintext>c2VjcmV0</Plaintext><GrantToken>bearer</GrantToken>"
            + "<CreationDate>2015-08-30T12:36:00Z</CreationDate><Metadata><Enabled>true</Enabled></Metadata>"
            + "<Keys><member><KeyId>a</KeyId></member><member><KeyId>b</KeyId></member></Keys>"
            + "<Names><member>a&lt;b</member><member>&amp;</member></Names><None></None>"
            + "<Attributes><entry><key>k</key><value>v</value></entry></Attributes><Count>3</Count>"
        let end =
            "</ListKeysResult><ResponseMetadata><RequestId>\(id)</RequestId></ResponseMetadata>"
            + "</ListKeysResponse>"
        #expect(String(decoding: answer.body, as: UTF8.self) == head + members + end)
    }

    @Test func `has no result element for an operation without output`() {
        let id = RequestID.random()
        let answer = OutputWriter.document(of: "DeleteKey", namespace: nil, requestID: id, nil)
        #expect(
            String(decoding: answer.body, as: UTF8.self)
                == "<DeleteKeyResponse><ResponseMetadata><RequestId>\(id)</RequestId></ResponseMetadata>"
                + "</DeleteKeyResponse>"
        )
    }
}
