import AWSProtocol
import Foundation
import IAM
import Synchronization
import Testing

@testable import Server

@Suite("Wrong signatures")
struct SignatureFailureTests {
    /// How long answers were kept back, in place of keeping them back.
    private final class Pauses: Sendable {
        private let seconds = Mutex<[Double]>([])

        var all: [Double] { seconds.withLock { $0 } }

        func note(_ pause: Double) { seconds.withLock { $0.append(pause) } }
    }

    private func guess(_ scene: GatewayScene, as key: IssuedAccessKey? = nil) async -> Answer {
        var question = scene.kms("ListKeys", as: key)
        question.body = Array(#"{"Limit":1}"#.utf8)
        return await scene.answer(question)
    }

    @Test func `are answered later and later, as they always are`() async throws {
        let pauses = Pauses()
        let scene = try await GatewayScene { pauses.note($0) }
        for _ in 1...17 {
            let answer = await guess(scene)
            #expect(answer.status == 400)
            #expect(answer.code == "InvalidSignatureException")
        }
        #expect(pauses.all == [0.1, 0.2, 0.4, 0.8, 1.6, 3, 3])
        #expect(try scene.events().count == 17)
    }

    @Test func `keep neither the key's owner nor anybody else waiting`() async throws {
        let pauses = Pauses()
        let scene = try await GatewayScene { pauses.note($0) }
        let other = try await scene.administration.createAccessKey(
            for: .root(scene.account),
            at: scene.clock.now
        )
        for _ in 1...30 { _ = await guess(scene) }
        let before = pauses.all.count
        #expect(await scene.answer(scene.kms("ListKeys")).status == 200)
        #expect(await scene.answer(scene.kms("ListKeys", as: other)).status == 200)
        _ = await guess(scene, as: other)
        #expect(pauses.all.count == before)
    }

    @Test func `are not answered by the lane that cannot wait`() async throws {
        let scene = try await GatewayScene { _ in }
        let key = try #require(await scene.answer(scene.kms("CreateKey"))["KeyId"])
        _ = await scene.answer(scene.kms("DescribeKey", #"{"KeyId":"\#(key)"}"#))
        var question = scene.kms("DescribeKey", #"{"KeyId":"\#(key)"}"#)
        #expect(scene.gateway.answerNow(question.request) != nil)
        question.body.append(UInt8(ascii: " "))
        #expect(scene.gateway.answerNow(question.request) == nil)
    }

    @Test func `of unknown access keys are not remembered`() async throws {
        let pauses = Pauses()
        let scene = try await GatewayScene { pauses.note($0) }
        for _ in 1...30 {
            var question = scene.kms("ListKeys")
            let known = try #require(question.headers.first { $0.name == "Authorization" }?.value)
            question.set(
                "Authorization",
                known.replacing(scene.root.id.description, with: "AKIAAAAAAAAAAAAAAAAA")
            )
            #expect(await scene.answer(question).code == "UnrecognizedClientException")
        }
        #expect(pauses.all.isEmpty)
    }

    @Test func `that wait are bounded in number`() async {
        let door = Door()
        let failures = SignatureFailures { _ in await door.wait() }
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        for _ in 1...10 { await failures.hold("AKIA", at: now) }
        await withTaskGroup { group in
            for _ in 0..<SignatureFailures.heldMax { group.addTask { await failures.hold("AKIA", at: now) } }
            while door.waiting < SignatureFailures.heldMax { await Task.yield() }
            // One more returns at once, although nobody has been let through.
            await failures.hold("AKIA", at: now)
            #expect(door.waiting == SignatureFailures.heldMax)
            door.open()
        }
        // And those that were let through have made room.
        await failures.hold("AKIA", at: now)
        #expect(door.waiting == SignatureFailures.heldMax + 1)
    }

    /// Where answers wait until the test lets them go.
    private final class Door: Sendable {
        private let state = Mutex((waiting: 0, isOpen: false))

        var waiting: Int { state.withLock { $0.waiting } }

        func open() { state.withLock { $0.isOpen = true } }

        func wait() async {
            state.withLock { $0.waiting += 1 }
            while !state.withLock({ $0.isOpen }) { await Task.yield() }
        }
    }
}
