import Foundation
import Testing
import Trail

@testable import CloudTrail

@Suite("Rules on the trail")
struct TrailRuleTests {
    private func alarm(_ scene: Scene) async throws {
        try await scene.subscribe()
        let pattern = #"{"source":["aws.events"],"detail":{"eventName":["PutRule"]}}"#
        try await scene.succeed("PutRule", ["Name": "r", "EventPattern": pattern])
        try await scene.succeed("PutTargets", ["Rule": "r", "Targets": [["Id": "1", "Arn": Scene.topic]]])
    }

    @Test func `send what the trail has to their topics`() async throws {
        let scene = try Scene()
        let follower = try TrailFollower(scene.trail)
        try await alarm(scene)
        while let batch = try follower.next() { try await scene.events.take(batch, at: scene.clock.now) }
        try await scene.worker().run()
        let message = try #require(scene.endpoint.messages().first)
        #expect(message.contains(#""eventName":"PutRule""#))
        #expect(scene.endpoint.messages().count == 1)
    }

    @Test func `give an event the same id each time that it is seen`() async throws {
        let scene = try Scene()
        try await alarm(scene)
        for _ in 0..<2 {
            let follower = try TrailFollower(scene.trail)
            while let batch = try follower.next() { try await scene.events.take(batch, at: scene.clock.now) }
        }
        try await scene.worker().run()
        let ids = scene.endpoint.envelopes(to: "http://receiver/")
            .filter { $0["Type"] as? String == "Notification" }.compactMap { $0["MessageId"] as? String }
        #expect(ids.count == 2)
        #expect(Set(ids).count == 1)
    }

    @Test func `tell of topics that refuse them or are gone`() async throws {
        let scene = try Scene()
        try await alarm(scene)
        let owner = "arn:aws:iam::\(Scene.account):root"
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"\#(owner)"},"#
            + #""Action":"sns:*","Resource":"*"}]}"#
        for change in [
            (
                "SetTopicAttributes",
                ["TopicArn": Scene.topic, "AttributeName": "Policy", "AttributeValue": policy]
            ),
            ("DeleteTopic", ["TopicArn": Scene.topic]),
        ] {
            try await scene.succeed(change.0, change.1)
            let follower = try TrailFollower(scene.trail)
            while let batch = try follower.next() { try await scene.events.take(batch, at: scene.clock.now) }
        }
        #expect(scene.lost.value.count == 2)
        #expect(try await scene.waiting() == 0)
    }

    @Test func `are noticed when they change`() async throws {
        let scene = try Scene()
        #expect(try await !scene.events.hasRules())
        let changes = scene.events.changeCount
        try await alarm(scene)
        #expect(try await scene.events.hasRules())
        #expect(scene.events.changeCount > changes)
        try await scene.succeed("DisableRule", ["Name": "r"])
        #expect(try await !scene.events.hasRules())
    }

    @Test func `are at most three hundred in a Region`() async throws {
        let scene = try Scene()
        for number in 0..<300 {
            try await scene.succeed("PutRule", ["Name": "r\(number)", "EventPattern": #"{"a":["b"]}"#])
        }
        let one = ["Name": "more", "EventPattern": #"{"a":["b"]}"#]
        #expect(try await scene.code("PutRule", one) == "LimitExceededException")
        #expect(try await scene.code("PutRule", ["Name": "r0", "EventPattern": #"{"a":["c"]}"#]) == nil)
    }
}
