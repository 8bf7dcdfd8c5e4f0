import AWSProtocol
import Foundation
import IAM
import Storage
import Testing

@testable import Server

@Suite("Gateway routing")
struct RoutingTests {
    @Test func `an operation that the service does not have is unknown, without a message`() async throws {
        let scene = try await GatewayScene()
        let answer = await scene.answer(scene.kms("NoSuchOperation"))
        #expect(answer.status == 400)
        #expect(answer.body == #"{"__type":"UnknownOperationException"}"#)
        #expect(try scene.events().last?.contains(#""eventName":"NoSuchOperation""#) == true)
    }

    @Test(arguments: ["Foo.ListKeys", "TrentService", "TrentService.", "TrentService.List Keys", ""])
    func `a target of no service of ours is unknown`(target: String) async throws {
        let scene = try await GatewayScene()
        var question = scene.kms("ListKeys")
        question.set("X-Amz-Target", target)
        Spoiled.resign(&question, scene)
        #expect(await scene.answer(question).code == "UnknownOperationException")
    }

    @Test(
        arguments: [
            "{", "", "[]", "null", "{}{}", #"{"Limit":1,"Limit":1}"#, #"{"Limit":01}"#,
            #"{"Marker":"\ud800"}"#,
            "{\"Marker\":\"\u{1}\"}", #"{"Limit":"1"}"#, #"{"Limit":1.5}"#,
            String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
            #"{"a":"# + String(repeating: #"{"a":"#, count: 100) + "1" + String(repeating: "}", count: 101),
        ].filter { !$0.isEmpty }
    )
    func `a body that is not the JSON asked for is a serialization error, recorded`(body: String) async throws
    {
        let scene = try await GatewayScene()
        let answer = await scene.answer(scene.kms("ListKeys", body))
        #expect(answer.status == 400)
        #expect(answer.code == "SerializationException", "\(answer)")
        #expect(try scene.events().last?.contains("SerializationException") == true)
    }

    @Test func `a body that is not UTF-8 is a serialization error`() async throws {
        let scene = try await GatewayScene()
        var question = scene.kms("ListKeys")
        question.body = Array(#"{"Marker":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
        Spoiled.resign(&question, scene)
        #expect(await scene.answer(question).code == "SerializationException")
    }

    @Test func `a malformed body tells nothing to those who did not sign it`() async throws {
        let scene = try await GatewayScene()
        var question = scene.kms("ListKeys", "{")
        question.set("Authorization", nil)
        #expect(await scene.answer(question).code == "MissingAuthenticationTokenException")
    }

    @Test func `services that are not served say so in their own protocol`() async throws {
        let scene = try await GatewayScene()
        var secrets = scene.kms("ListSecrets")
        secrets.set("X-Amz-Target", "secretsmanager.ListSecrets")
        Spoiled.resign(&secrets, scene, service: .secretsManager)
        let json = await scene.answer(secrets)
        #expect(json.code == "UnknownOperationException")
        #expect(json["message"] == "This deployment does not serve secretsmanager.amazonaws.com.")

        let query = await scene.answer(form("Action=GetCallerIdentity&Version=2011-06-15", .sts, in: scene))
        #expect(query.status == 400)
        #expect(query.body.contains("<Code>InvalidAction</Code>"))

        var bucket = Question()
        bucket.method = "GET"
        bucket.path = "/bucket/key"
        bucket.headers = [("Host", "s3.example")]
        bucket.sign(as: scene.root, at: scene.clock.now, service: .s3)
        let s3 = await scene.answer(bucket)
        #expect(s3.status == 501)
        #expect(s3.body.contains("<Code>NotImplemented</Code>"))
    }

    @Test func `a bare request for the root is refused as S3 refuses it`() async throws {
        let scene = try await GatewayScene()
        var question = Question()
        question.method = "GET"
        question.headers = [("Host", "example")]
        let answer = await scene.answer(question)
        #expect(answer.status == 403)
        #expect(answer.body.contains("<Code>AccessDenied</Code>"))
    }

    @Test(arguments: ["%zz=1", "a=1&a=2", "=1", "a=%ff"])
    func `a form that is none is refused in the Query protocol`(body: String) async throws {
        let scene = try await GatewayScene()
        let answer = await scene.answer(form(body, .sts, in: scene))
        #expect(answer.status == 400)
        #expect(answer.body.contains("<Code>MalformedQueryString</Code>"), "\(answer)")
    }

    @Test func `an action of no service of ours is refused in the Query protocol`() async throws {
        let scene = try await GatewayScene()
        let answer = await scene.answer(form("Action=Fly&Version=1999-01-01", .sts, in: scene))
        #expect(answer.status == 400)
        #expect(answer.body.contains("<Code>InvalidAction</Code>"))
    }

    @Test(arguments: [
        (["X-Amz-Target": "TrentService.Encrypt"], "RequestEntityTooLargeException"),
        (["Authorization": "garbage"], "EntityTooLarge"),
    ])
    func `a body that is too large is refused by the head alone`(
        headers: [String: String],
        code: String
    ) async throws {
        let scene = try await GatewayScene()
        var question = Question()
        question.headers = headers.map { ($0.key, $0.value) }
        let answer = Answer(scene.gateway.bodyTooLarge(question.request))
        #expect(answer.status == 413)
        #expect(answer.body.contains(code))
    }

    @Test func `seeded garbage in every part never does more than be refused`() async throws {
        let scene = try await GatewayScene()
        let before = try await scene.store.latestChange()
        var generator = SeededGenerator(seed: 20_261_121)
        for round in 0..<300 {
            var question = Question()
            question.method = ["GET", "POST", "PUT", "\u{1}"].randomElement(using: &generator) ?? "GET"
            question.path = "/" + generator.text(20)
            question.query = generator.text(40)
            question.body = generator.bytes(60)
            question.headers = ["Authorization", "X-Amz-Target", "X-Amz-Date", "Content-Type", "Host"].map {
                ($0, generator.nearlySensible() + generator.text(30))
            }
            let answer = await scene.answer(question)
            #expect((400..<500).contains(answer.status), "seed 20261121 round \(round): \(answer)")
        }
        #expect(try await scene.store.latestChange() == before)
    }

    private func form(_ body: String, _ service: AWSService, in scene: GatewayScene) -> Question {
        var question = Question()
        question.headers = [
            ("Host", "x"), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
        ]
        question.body = Array(body.utf8)
        question.sign(as: scene.root, at: scene.clock.now, service: service)
        return question
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func bytes(_ countMax: Int) -> [UInt8] {
        (0..<Int.random(in: 0...countMax, using: &self)).map { _ in .random(in: .min ... .max, using: &self) }
    }

    mutating func text(_ countMax: Int) -> String { String(decoding: bytes(countMax), as: UTF8.self) }

    /// The beginning of something that a parser goes into.
    mutating func nearlySensible() -> String {
        [
            "", "AWS4-HMAC-SHA256 Credential=AKIA/20261121/us-east-1/kms/aws4_request, SignedHeaders=host, ",
            "TrentService.", "20261121T000000Z", "application/x-www-form-urlencoded", "AWS4-HMAC-SHA256 ",
            "secretsmanager.List",
        ].randomElement(using: &self) ?? ""
    }
}
