import AWSProtocol
import Cryptography
import Foundation
import IAM
import Storage
import Testing
import Trail

@testable import Server

@Suite("Gateway")
struct GatewayTests {
    @Test func `a signed request reaches its operation and is recorded`() async throws {
        let scene = try await GatewayScene()
        let made = await scene.answer(scene.kms("CreateKey", #"{"Description":"first"}"#))
        #expect(made.status == 200, "\(made)")
        #expect(made["Description"] == "first")
        #expect(made.headers["content-type"] == "application/x-amz-json-1.1")
        let requestID = try #require(made.headers["x-amzn-requestid"])
        #expect(RequestID(requestID) != nil)
        #expect(made.headers["x-amzn-errortype"] == nil)
        let events = try scene.events()
        #expect(events.count == 1)
        #expect(events[0].contains(#""eventName":"CreateKey""#))
        #expect(events[0].contains(requestID))
        #expect(events[0].contains(#""sourceIPAddress":"192.0.2.7""#))
        #expect(events[0].contains(#""userAgent":"tests/1""#))
    }

    @Test func `every Region of the deployment is served, and each has its own keys`() async throws {
        let scene = try await GatewayScene()
        _ = await scene.answer(scene.kms("CreateKey"))
        var question = scene.kms("ListKeys")
        for name in ["Authorization", "X-Amz-Date"] { question.set(name, nil) }
        question.sign(as: scene.root, at: scene.clock.now, region: "eu-west-1")
        let answer = await scene.answer(question)
        #expect(answer.status == 200)
        #expect(answer.body.contains(#""Keys":[]"#))
    }

    @Test func `an empty body counts as an empty object`() async throws {
        let scene = try await GatewayScene()
        #expect(await scene.answer(scene.kms("ListKeys", "")).status == 200)
    }

    @Test func `an operation over snapshots is answered at once when all it needs is in memory`()
        async throws
    {
        let scene = try await GatewayScene()
        let key = try #require(await scene.answer(scene.kms("CreateKey"))["KeyId"])
        let encrypt = scene.kms("Encrypt", #"{"KeyId":"\#(key)","Plaintext":"aGVsbG8="}"#)
        #expect(await scene.answer(encrypt).status == 200)
        let now = try #require(try scene.answerNow(encrypt))
        #expect(now.status == 200)
        #expect(now["CiphertextBlob"] != nil)
        #expect(try scene.answerNow(scene.kms("ListKeys")) == nil)
    }

    @Test func `nothing is answered at once for an access key that is not in memory`() async throws {
        let scene = try await GatewayScene()
        let question = scene.kms("GenerateRandom", #"{"NumberOfBytes":32}"#)
        #expect(try scene.answerNow(question) == nil)
        #expect(try scene.events().isEmpty)
        #expect(await scene.answer(question).status == 200)
        #expect(try scene.answerNow(question)?.status == 200)
    }

    @Test func `both ways of answering refuse alike`() async throws {
        let scene = try await GatewayScene()
        _ = await scene.answer(scene.kms("ListKeys"))
        var question = scene.kms("GenerateRandom", #"{"NumberOfBytes":32}"#)
        Spoiled.resign(&question, scene, offset: -301)
        let slow = await scene.answer(question)
        let fast = try #require(try scene.answerNow(question))
        #expect(slow.status == fast.status)
        #expect(slow.body == fast.body)
        #expect(slow.code == "InvalidSignatureException")
    }

    @Test func `a presigned address is answered`() async throws {
        let scene = try await GatewayScene()
        var question = Question()
        question.method = "GET"
        question.headers = [("Host", "kms.example")]
        question.query = "Action=ListKeys"
        let credentials = scene.root.secret.exposingSecret {
            Credentials(accessKeyID: scene.root.id.description, secret: SecretAccessKey($0))
        }
        let region = try #require(Region("us-east-1"))
        let signer = SigV4Signer(credentials: credentials, region: region, service: .kms)
        question.headers.append(("X-Amz-Target", "TrentService.ListKeys"))
        question.query = signer.presign(question.request.request, expires: 60, now: scene.clock.now)
        let answer = await scene.answer(question)
        #expect(answer.status == 200, "\(answer)")
        scene.clock.advance(seconds: 61)
        let late = await scene.answer(question)
        #expect(late.code == "InvalidSignatureException", "\(late)")
    }
}

@Suite("Gateway without a trail")
struct GatewayTrailTests {
    @Test func `answers no request that it cannot record, whether good or bad`() async throws {
        let scene = try await GatewayScene()
        let before = try await scene.store.latestChange()
        try scene.trail.close()
        #expect(await scene.answer(scene.kms("GenerateRandom", #"{"NumberOfBytes":32}"#)).status == 503)
        #expect(await scene.answer(scene.kms("ListKeys")).status == 503)
        #expect(await scene.answer(scene.kms("NoSuchOperation")).status == 503)
        var unsigned = scene.kms("ListKeys")
        unsigned.set("Authorization", nil)
        #expect(await scene.answer(unsigned).status == 503)
        #expect(await scene.answer(scene.kms("ListKeys", "{")).status == 503)
        #expect(try await scene.store.latestChange() == before)
    }
}
