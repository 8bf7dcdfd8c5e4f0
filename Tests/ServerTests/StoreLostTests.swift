import Testing

@testable import Server

@Suite("A gateway without its store")
struct StoreLostTests {
    @Test func `answers what SDKs try again, on both ways, and records it`() async throws {
        let now = ContinuousClock.now
        let contact = StoreContact(outageMax: .seconds(60), at: now)
        let scene = try await GatewayScene(contact: contact)
        let question = scene.kms("ListKeys")
        #expect(await scene.answer(question).status == 200)
        _ = contact.review(at: now + .seconds(61))
        let answer = await scene.answer(question)
        #expect(answer.status == 503 && answer.code == "ServiceUnavailableException")
        #expect(try scene.answerNow(question)?.status == 503)
        let refused = try scene.events().filter { $0.contains("ServiceUnavailableException") }
        #expect(refused.count == 2)
        _ = contact.noteReading(at: now + .seconds(62))
        #expect(await scene.answer(question).status == 200)
    }
}
