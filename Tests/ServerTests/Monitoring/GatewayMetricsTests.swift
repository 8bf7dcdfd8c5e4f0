import AWSProtocol
import Operations
import Testing

@testable import Server

@Suite("The gateway's metrics")
struct GatewayMetricsTests {
    private func counts(_ gateway: AWSGateway) -> [String: UInt64] {
        var counts: [String: UInt64] = [:]
        for summary in gateway.metrics.summaries {
            for request in summary.requests where request.count > 0 {
                let name =
                    "\(summary.service).\(summary.operation) \(request.result.label) \(request.lane.label)"
                counts[name] = request.count
            }
        }
        return counts
    }

    @Test func `count every answer once, in the row of its operation`() async throws {
        let scene = try await GatewayScene()
        let created = await scene.answer(scene.kms("CreateKey"))
        let key = try #require(created["KeyId"])
        let body = #"{"KeyId":"\#(key)","Plaintext":"YQ=="}"#
        #expect(await scene.answer(scene.kms("Encrypt", body)).status == 200)
        #expect(try scene.answerNow(scene.kms("Encrypt", body))?.status == 200)
        #expect(await scene.answer(scene.kms("Encrypt", "{}")).code == "ValidationException")
        #expect(
            counts(scene.gateway) == [
                "kms.CreateKey success slow": 1, "kms.Encrypt success slow": 1, "kms.Encrypt success fast": 1,
                "kms.Encrypt invalid slow": 1,
            ]
        )
        let latency = scene.gateway.metrics.summaries.first { $0.operation == "Encrypt" }?.latency
        #expect(latency?.count == 3 && (latency?.nanoseconds ?? 0) > 3_000)
    }

    @Test func `do not count what the fast lane hands on`() async throws {
        let scene = try await GatewayScene()
        #expect(try scene.answerNow(scene.kms("CreateKey")) == nil)
        #expect(counts(scene.gateway).isEmpty)
    }

    @Test func `count requests that cannot prove who sent them with their operation`() async throws {
        let scene = try await GatewayScene()
        var spoiled = scene.kms("Encrypt")
        spoiled.body = Array("{ }".utf8)
        #expect(await scene.answer(spoiled).code == "InvalidSignatureException")
        var unsigned = scene.kms("Decrypt")
        unsigned.set("Authorization", nil)
        #expect(await scene.answer(unsigned).code == "MissingAuthenticationTokenException")
        #expect(counts(scene.gateway) == ["kms.Encrypt denied slow": 1, "kms.Decrypt denied slow": 1])
    }

    @Test func `give no series to names that strangers make up`() async throws {
        let scene = try await GatewayScene()
        let rows = scene.gateway.metrics.summaries.count
        for number in 0..<20 { _ = await scene.answer(scene.kms("MadeUp\(number)")) }
        var question = scene.kms("x")
        question.set("X-Amz-Target", "MadeUp.Too")
        _ = await scene.answer(question)
        #expect(scene.gateway.metrics.summaries.count == rows)
        #expect(counts(scene.gateway) == ["kms.unknown invalid slow": 20, "unknown.unknown invalid slow": 1])
    }
}
