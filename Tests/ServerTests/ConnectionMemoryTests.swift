import AWSProtocol
import Foundation
import Testing

@testable import Server

@Suite("A connection's memory")
struct ConnectionMemoryTests {
    @Test func `requests of one connection go where each of them says`() async throws {
        let scene = try await GatewayScene()
        let key = try #require(await scene.answer(scene.kms("CreateKey"))["KeyId"])
        let memory = ConnectionMemory()
        let encrypt = scene.kms("Encrypt", #"{"KeyId":"\#(key)","Plaintext":"aGVsbG8="}"#)
        #expect(await scene.answer(encrypt).status == 200)
        let blob = try #require(try scene.answerNow(encrypt, recalling: memory)?["CiphertextBlob"])
        let decrypt = scene.kms("Decrypt", #"{"CiphertextBlob":"\#(blob)"}"#)
        for _ in 0..<3 {
            #expect(try scene.answerNow(encrypt, recalling: memory)?["CiphertextBlob"] != nil)
            #expect(try scene.answerNow(decrypt, recalling: memory)?["Plaintext"] == "aGVsbG8=")
        }
        #expect(
            try scene.answerNow(scene.kms("Unheard"), recalling: memory)?.code == "UnknownOperationException"
        )
        #expect(try scene.answerNow(decrypt, recalling: memory)?["Plaintext"] == "aGVsbG8=")
    }

    /// What stands in the memory proves nothing: each of these comes behind a request that was right.
    @Test func `a request is proved however like the one before it is`() async throws {
        let scene = try await GatewayScene()
        let question = scene.kms("GenerateRandom", #"{"NumberOfBytes":32}"#)
        #expect(await scene.answer(question).status == 200)
        let memory = ConnectionMemory()
        #expect(try scene.answerNow(question, recalling: memory)?.status == 200)

        var changed = question
        changed.body = Array(#"{"NumberOfBytes":33}"#.utf8)
        // A signature that is wrong may have to be kept waiting, which nothing here can.
        #expect(try scene.answerNow(changed, recalling: memory) == nil)
        #expect(await scene.answer(changed).code == "InvalidSignatureException")

        changed = question
        changed.set("X-Amz-Target", "TrentService.ListKeys")
        #expect(try scene.answerNow(changed, recalling: memory) == nil)
        #expect(await scene.answer(changed).code == "InvalidSignatureException")

        var foreign = Question()
        foreign.headers = question.headers.filter { ["Host", "X-Amz-Target"].contains($0.name) }
        foreign.body = question.body
        foreign.sign(as: scene.root, at: scene.clock.now, region: "us-west-1")
        let slow = await scene.answer(foreign)
        #expect(slow.status != 200)
        #expect(try scene.answerNow(foreign, recalling: memory)?.body == slow.body)

        scene.clock.advance(seconds: 301)
        #expect(try scene.answerNow(question, recalling: memory)?.code == "InvalidSignatureException")
    }

    @Test func `every event names the client that its request names`() async throws {
        let scene = try await GatewayScene()
        let memory = ConnectionMemory()
        #expect(await scene.answer(scene.kms("GenerateRandom", #"{"NumberOfBytes":32}"#)).status == 200)
        for client in ["tests/1", "tests/1", "tests/2", "tests/1", "tests/22"] {
            var question = scene.kms("GenerateRandom", #"{"NumberOfBytes":32}"#)
            for name in ["Authorization", "X-Amz-Date"] { question.set(name, nil) }
            question.set("User-Agent", client)
            question.sign(as: scene.root, at: scene.clock.now)
            #expect(try scene.answerNow(question, recalling: memory)?.status == 200)
            #expect(try scene.events().last?.contains(#""userAgent":"\#(client)""#) == true)
        }
    }

    @Test func `a form is looked at as one whatever came before it`() async throws {
        let scene = try await GatewayScene()
        let memory = ConnectionMemory()
        let question = scene.kms("GenerateRandom", #"{"NumberOfBytes":32}"#)
        #expect(await scene.answer(question).status == 200)
        #expect(try scene.answerNow(question, recalling: memory)?.status == 200)
        var form = Question()
        form.headers = [
            ("Host", "kms.example"), ("X-Amz-Target", "TrentService.GenerateRandom"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ]
        form.body = Array("%zz".utf8)
        form.sign(as: scene.root, at: scene.clock.now)
        #expect(await scene.answer(form).status == 400)
        let fast = try #require(try scene.answerNow(form, recalling: memory))
        #expect(fast.status == 400)
        #expect(fast.body.contains("MalformedQueryString"))
    }
}
