import AWSProtocol
import Foundation
import IAM
import Storage
import Testing

@testable import Server

/// A way to spoil a signed request, and how it is refused.
struct Spoiled: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: String
    let message: String
    let spoil: @Sendable (inout Question, GatewayScene) -> Void

    init(
        _ description: String,
        _ code: String,
        _ message: String,
        _ spoil: @escaping @Sendable (inout Question, GatewayScene) -> Void
    ) {
        testDescription = description
        self.code = code
        self.message = message
        self.spoil = spoil
    }

    /// Signs anew what a test has changed.
    static func resign(
        _ question: inout Question,
        _ scene: GatewayScene,
        region: String = "us-east-1",
        service: AWSService = .kms,
        offset: Double = 0,
        secret: String? = nil
    ) {
        for name in ["Authorization", "X-Amz-Date"] { question.set(name, nil) }
        question.sign(
            as: scene.root,
            at: scene.clock.now.addingTimeInterval(offset),
            region: region,
            service: service,
            secret: secret
        )
    }

    static let all: [Spoiled] = [
        Spoiled("unsigned", "MissingAuthenticationTokenException", "Request is missing Authentication Token")
        {
            question,
            _ in
            question.set("Authorization", nil)
        },
        Spoiled("a truncated header", "IncompleteSignatureException", "Authorization header requires") {
            question,
            _ in
            question.set("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c")
        },
        Spoiled(
            "no date",
            "IncompleteSignatureException",
            "Authorization header requires existence of either"
        ) {
            question,
            _ in
            question.set("X-Amz-Date", nil)
        },
        Spoiled("a changed body", "InvalidSignatureException", "The request signature we calculated") {
            question,
            _ in
            question.body = Array(#"{"Limit":1}"#.utf8)
        },
        Spoiled("a changed target", "InvalidSignatureException", "The request signature we calculated") {
            question,
            _ in
            question.set("X-Amz-Target", "TrentService.CreateKey")
        },
        Spoiled("a changed path", "InvalidSignatureException", "The request signature we calculated") {
            question,
            _ in
            question.path = "/other"
        },
        Spoiled("an added query", "InvalidSignatureException", "The request signature we calculated") {
            question,
            _ in
            question.query = "a=b"
        },
        Spoiled("a wrong secret", "InvalidSignatureException", "The request signature we calculated") {
            resign(&$0, $1, secret: "wrong")
        },
        Spoiled(
            "a foreign Region",
            "InvalidSignatureException",
            "Credential should be scoped to a valid region."
        ) {
            resign(&$0, $1, region: "ap-south-1")
        },
        Spoiled(
            "a foreign service",
            "InvalidSignatureException",
            "Credential should be scoped to correct service: 'kms'."
        ) { resign(&$0, $1, service: .secretsManager) },
        Spoiled("an old request", "InvalidSignatureException", "Signature expired: ") {
            resign(&$0, $1, offset: -301)
        },
        Spoiled("a request from the future", "InvalidSignatureException", "Signature not yet current: ") {
            resign(&$0, $1, offset: 301)
        },
        Spoiled(
            "a session token",
            "UnrecognizedClientException",
            "The security token included in the request is invalid."
        ) { question, scene in
            question.set("X-Amz-Security-Token", "forged")
            resign(&question, scene)
        },
        Spoiled(
            "an unknown access key",
            "UnrecognizedClientException",
            "The security token included in the request is invalid."
        ) { question, scene in
            let known = scene.root.id.description
            question.headers = question.headers.map {
                ($0.name, $0.value.replacing(known, with: AccessKeyID.random().description))
            }
        },
    ]
}

@Suite("Gateway authentication")
struct AuthenticationTests {
    @Test(arguments: Spoiled.all)
    func `refuses and records what is not signed as it must be`(spoiled: Spoiled) async throws {
        let scene = try await GatewayScene()
        var question = scene.kms("ListKeys")
        #expect(await scene.answer(question).status == 200)
        spoiled.spoil(&question, scene)
        let before = try await scene.store.latestChange()
        let answer = await scene.answer(question)
        #expect(answer.status == 400)
        #expect(answer.code == spoiled.code)
        #expect(answer["message"]?.hasPrefix(spoiled.message) == true, "\(answer)")
        #expect(answer.headers["x-amzn-errortype"] == spoiled.code)
        #expect(try await scene.store.latestChange() == before)
        let events = try scene.events()
        #expect(events.count == 2)
        let event = try #require(events.last)
        #expect(event.contains(#""errorCode":"\#(spoiled.code)""#))
        #expect(event.contains(try #require(answer.headers["x-amzn-requestid"])))
        #expect(!event.contains(#""type":"Root""#), "nobody is named who did not prove to be it")
    }

    @Test(arguments: [-299.0, 299.0])
    func `a clock that is off by less than five minutes is good enough`(offset: Double) async throws {
        let scene = try await GatewayScene()
        var question = scene.kms("ListKeys")
        Spoiled.resign(&question, scene, offset: offset)
        #expect(await scene.answer(question).status == 200)
    }

    @Test func `an inactive access key is as good as none, as soon as the change is followed`() async throws {
        let scene = try await GatewayScene()
        let follower = try await ChangeFollower(store: scene.store) { scene.identities.invalidate($0) }
        #expect(await scene.answer(scene.kms("ListKeys")).status == 200)
        try await scene.administration.setStatus(.inactive, of: scene.root.id)
        try await follower.follow()
        let answer = await scene.answer(scene.kms("ListKeys"))
        #expect(answer.code == "UnrecognizedClientException")
        #expect(try scene.answerNow(scene.kms("ListKeys")) == nil)
    }

    @Test func `any one bit changed in a signed request is noticed`() async throws {
        let scene = try await GatewayScene()
        let question = scene.kms("GenerateRandom", #"{"NumberOfBytes":32}"#)
        #expect(await scene.answer(question).status == 200)
        for index in question.body.indices {
            var changed = question
            changed.body[index] ^= 1
            #expect(await scene.answer(changed).code == "InvalidSignatureException", "byte \(index)")
        }
        let authorization = try #require(question.headers.last?.value)
        for index in authorization.utf8.indices {
            var bytes = Array(authorization.utf8)
            bytes[authorization.utf8.distance(from: authorization.startIndex, to: index)] ^= 1
            var changed = question
            changed.set("Authorization", String(decoding: bytes, as: UTF8.self))
            #expect(await scene.answer(changed).status >= 400, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test func `a user is asked for permission under the user's own name`() async throws {
        let scene = try await GatewayScene()
        let alice = try #require(UserName("alice"))
        try await scene.administration.ensureUser(alice, of: scene.account, at: scene.clock.now)
        let key = try await scene.administration.createAccessKey(
            for: .user(scene.account, alice),
            at: scene.clock.now
        )
        let answer = await scene.answer(scene.kms("ListKeys", as: key))
        #expect(answer.code == "AccessDeniedException")
        #expect(
            answer["message"]
                == "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: kms:ListKeys "
                + "on resource: * because no identity-based policy allows the kms:ListKeys action"
        )
        #expect(try scene.events().last?.contains(#""userName":"alice""#) == true)
    }
}
