import AWSProtocol
import Foundation
import Operations
import Testing
import Trail

@testable import Server

@Suite("Answers whose events could not be recorded")
struct RecordingFailuresTests {
    @Test func `a change goes into its room, and its answer waits for it`() async throws {
        let scene = try await GatewayScene()
        let answer = try await scene.unrecordedCreateKey()
        #expect(answer.promised != nil)
        #expect(answer.events.isEmpty)
        let before = scene.trail.statistics.events
        let failures = RecordingFailures(of: scene.gateway.recorder, recording: answer)
        #expect(failures.of(answer) == nil)
        #expect(scene.trail.statistics.events == before + 1)
    }

    @Test func `only those are withheld whose own events are lost`() async throws {
        let scene = try await GatewayScene()
        let change = try await scene.unrecordedCreateKey()
        let question = scene.kms("GenerateRandom", #"{"NumberOfBytes":8}"#)
        guard case .answered(let reading) = scene.gateway.answerNow(question.request) else {
            Issue.record("nothing has to be waited for")
            return
        }
        #expect(reading.promised == nil)
        #expect(reading.events.count == 1)
        let spoiled = [Array("no\nevent".utf8)]
        let promised = change.promised.map { [$0] } ?? []
        let ofReading = RecordingFailures(of: scene.gateway.recorder, recording: spoiled, promised: promised)
        #expect(ofReading.of(change) == nil)
        #expect(ofReading.of(reading) == .auditUnavailable)
        try scene.trail.close()
        let ofBoth = RecordingFailures(
            of: scene.gateway.recorder,
            recording: reading.events,
            promised: promised
        )
        for answer in [change, reading] {
            #expect(ofBoth.of(answer) == .auditUnavailable)
            let response = scene.gateway.settle(answer, after: ofBoth, in: .slow, since: .now)
            #expect(response.status == 503)
            #expect(!String(decoding: response.body, as: UTF8.self).contains("KeyMetadata"))
        }
    }
}

extension GatewayScene {
    /// The answer of a CreateKey that has been done and not been recorded.
    fileprivate func unrecordedCreateKey() async throws -> UnrecordedAnswer {
        // Its caller is in memory from then on.
        _ = await answer(kms("ListKeys"))
        guard case .waiting(let waiting) = gateway.answerNow(kms("CreateKey").request) else {
            throw CocoaError(.featureUnsupported)
        }
        return await gateway.answer(waiting)
    }
}
