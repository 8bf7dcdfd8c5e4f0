import AWSProtocol
import Operations
import Testing

@testable import Server

@Suite("Work that is deferred")
struct DeferredWorkTests {
    /// A key pair in memory, and how to sign with it.
    private func signing(_ scene: GatewayScene, with usage: String = "SIGN_VERIFY") async throws -> String {
        let made = await scene.answer(
            scene.kms("CreateKey", #"{"KeySpec":"ECC_NIST_P384","KeyUsage":"\#(usage)"}"#)
        )
        let key = try #require(made["KeyId"])
        #expect(await scene.answer(scene.kms("DescribeKey", #"{"KeyId":"\#(key)"}"#)).status == 200)
        return #"{"KeyId":"\#(key)","Message":"aGVsbG8=","SigningAlgorithm":"ECDSA_SHA_384"}"#
    }

    @Test func `is answered with what the work came to, and is recorded and counted once`() async throws {
        let scene = try await GatewayScene()
        let body = try await signing(scene)
        let before = try scene.events().count
        let signed = try #require(await scene.answerDeferred(scene.kms("Sign", body)))
        #expect(signed.status == 200)
        let signature = try #require(signed["Signature"])
        let events = try scene.events()
        #expect(events.count == before + 1)
        #expect(events.last?.contains(#""eventName":"Sign""#) == true)
        #expect(events.last?.contains(try #require(signed.headers["x-amzn-requestid"])) == true)
        let row = try #require(scene.gateway.metrics.summaries.first { $0.operation == "Sign" })
        #expect(row.requests.filter { $0.count > 0 }.map { "\($0.lane.label) \($0.count)" } == ["fast 1"])
        let check = body.dropLast() + #","Signature":"\#(signature)"}"#
        let verified = try #require(await scene.answerDeferred(scene.kms("Verify", String(check))))
        #expect(verified.body.contains(#""SignatureValid":true"#))
    }

    @Test func `does nothing and records nothing until it is started`() async throws {
        let scene = try await GatewayScene()
        let question = scene.kms("Sign", try await signing(scene))
        let before = try scene.events()
        guard case .deferred = scene.gateway.answerNow(question.request) else {
            Issue.record("signing on P-384 is not deferred")
            return
        }
        #expect(try scene.events() == before)
        #expect(scene.gateway.metrics.summaries.first { $0.operation == "Sign" }?.latency.count == 0)
    }

    @Test func `is not begun for who may not have it done`() async throws {
        let scene = try await GatewayScene()
        let question = scene.kms("Sign", try await signing(scene, with: "KEY_AGREEMENT"))
        // What the key cannot do is told by the work, what the caller may not do before it.
        let refused = try #require(await scene.answerDeferred(question))
        #expect(refused.code == "InvalidKeyUsageException")
        #expect(refused.status == 400)
        var stranger = scene.kms("Sign", "{}")
        stranger.body = question.body
        #expect(scene.gateway.answerNow(stranger.request) == nil, "a wrong signature may have to wait")
        let malformed = scene.kms("Sign", #"{"KeyId":7}"#)
        #expect(try scene.answerNow(malformed)?.code == "SerializationException")
    }

    @Test func `stays on its thread when it is short`() async throws {
        let scene = try await GatewayScene()
        for (spec, algorithm, leaves) in [
            ("ECC_NIST_P256", "ECDSA_SHA_256", false), ("ECC_NIST_P384", "ECDSA_SHA_384", true),
            ("RSA_2048", "RSASSA_PSS_SHA_256", true),
        ] {
            let made = await scene.answer(
                scene.kms("CreateKey", #"{"KeySpec":"\#(spec)","KeyUsage":"SIGN_VERIFY"}"#)
            )
            let key = try #require(made["KeyId"])
            #expect(await scene.answer(scene.kms("DescribeKey", #"{"KeyId":"\#(key)"}"#)).status == 200)
            let question = scene.kms(
                "Sign",
                #"{"KeyId":"\#(key)","Message":"aGVsbG8=","SigningAlgorithm":"\#(algorithm)"}"#
            )
            guard case .deferred(let work) = scene.gateway.answerNow(question.request) else {
                Issue.record("signing with \(spec) is not deferred")
                continue
            }
            #expect(work.leavesThread == leaves, "\(spec)")
            guard !leaves else { continue }
            let answer = work.finish()
            #expect(answer.response.status == 200)
            #expect(answer.events.count == 1)
        }
    }

    @Test func `is refused alike on both lanes`() async throws {
        let scene = try await GatewayScene()
        let question = scene.kms("Sign", try await signing(scene, with: "KEY_AGREEMENT"))
        let (slow, fast) = (await scene.answer(question), await scene.answerDeferred(question))
        #expect(slow.body == fast?.body)
        #expect(slow.status == fast?.status)
    }
}

@Suite("What has to wait")
struct WaitingAnswerTests {
    @Test func `is accepted at once and answered by a task, recorded and counted once`() async throws {
        let scene = try await GatewayScene()
        #expect(await scene.answer(scene.kms("ListKeys")).status == 200)
        let before = try scene.events().count
        let made = try #require(await scene.answerWaiting(scene.kms("CreateKey")))
        #expect(made.status == 200)
        #expect(try scene.events().count == before + 1)
        let row = try #require(scene.gateway.metrics.summaries.first { $0.operation == "CreateKey" })
        #expect(row.requests.filter { $0.count > 0 }.map { "\($0.lane.label) \($0.count)" } == ["slow 1"])
        // A key that nobody has asked for yet is not in memory.
        let key = try #require(made["KeyId"])
        let described = await scene.answerWaiting(scene.kms("DescribeKey", #"{"KeyId":"\#(key)"}"#))
        #expect(described?.status == 200)
        #expect(try scene.answerNow(scene.kms("DescribeKey", #"{"KeyId":"\#(key)"}"#))?.status == 200)
    }

    @Test func `is not accepted with a wrong signature or of nobody who is known`() async throws {
        let scene = try await GatewayScene()
        #expect(scene.gateway.answerNow(scene.kms("CreateKey").request) == nil, "not in memory yet")
        #expect(await scene.answer(scene.kms("ListKeys")).status == 200)
        var spoiled = scene.kms("CreateKey")
        spoiled.body.append(UInt8(ascii: " "))
        #expect(scene.gateway.answerNow(spoiled.request) == nil)
        #expect(try scene.answerNow(scene.kms("NoSuchOperation"))?.code == "UnknownOperationException")
    }
}
