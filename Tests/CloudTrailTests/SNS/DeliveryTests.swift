import Foundation
import Storage
import Testing

@testable import CloudTrail

@Suite("Deliveries")
struct DeliveryTests {
    @Test func `arrive once and leave nothing in the store`() async throws {
        let scene = try Scene()
        try await scene.subscribe()
        try await scene.publish("hello")
        #expect(try await scene.waiting() == 1)
        try await scene.worker().run()
        try await scene.worker().run()
        #expect(scene.endpoint.messages() == ["hello"])
        #expect(try await scene.waiting() == 0)
        #expect(try await scene.store.scan(.snsDue, prefix: "", after: nil, limit: 10).isEmpty)
    }

    @Test func `wait for an endpoint that is down`() async throws {
        let scene = try Scene()
        try await scene.subscribe()
        scene.endpoint.isDown.change { $0 = true }
        let worker = scene.worker()
        for number in 0..<20 { try await scene.publish("\(number)") }
        for _ in 0..<10 {
            try await worker.run()
            scene.clock.advance(2)
        }
        #expect(scene.endpoint.messages().isEmpty)
        #expect(try await scene.waiting() == 20)
        scene.endpoint.isDown.change { $0 = false }
        for _ in 0..<20 {
            scene.clock.advance(61)
            try await worker.run()
        }
        #expect(Set(scene.endpoint.messages()) == Set((0..<20).map(String.init)))
        #expect(try await scene.waiting() == 0)
        #expect(scene.lost.value.isEmpty)
    }

    @Test func `are given up when their schedule ends`() async throws {
        let scene = try Scene()
        try await scene.subscribe()
        try await scene.succeed(
            "SetTopicAttributes",
            [
                "TopicArn": Scene.topic, "AttributeName": "DeliveryPolicy",
                "AttributeValue": #"{"http":{"defaultHealthyRetryPolicy":{"numRetries":2}}}"#,
            ]
        )
        scene.endpoint.isDown.change { $0 = true }
        try await scene.publish("lost")
        for _ in 0..<3 {
            try await scene.worker().run()
            scene.clock.advance(30)
        }
        #expect(try await scene.waiting() == 0)
        #expect(scene.lost.value.count == 1)
    }

    @Test func `are made by one of two workers`() async throws {
        let scene = try Scene()
        try await scene.subscribe()
        for number in 0..<16 { try await scene.publish("\(number)") }
        let workers = [scene.worker(), scene.worker()]
        for _ in 0..<10 {
            async let first: Void = workers[0].run()
            async let second: Void = workers[1].run()
            _ = try await (first, second)
        }
        #expect(scene.endpoint.messages().count == 16)
    }

    @Test func `of a worker that died are due again after its lease`() async throws {
        let scene = try Scene()
        try await scene.subscribe()
        try await scene.publish("again")
        let due = try await scene.sns.queue.due(at: scene.clock.now)
        let entry = try #require(due.first)
        #expect(try await scene.sns.queue.take(entry.due, version: entry.version, at: scene.clock.now) != nil)
        // Who comes too late takes nothing.
        #expect(try await scene.sns.queue.take(entry.due, version: entry.version, at: scene.clock.now) == nil)
        try await scene.worker().run()
        #expect(scene.endpoint.messages().isEmpty)
        scene.clock.advance(DeliveryQueue.leaseSeconds + 1)
        try await scene.worker().run()
        #expect(scene.endpoint.messages() == ["again"])
    }

    @Test func `end with their topic and their subscription`() async throws {
        let scene = try Scene()
        try await scene.subscribe()
        try await scene.publish("late")
        try await scene.succeed("DeleteTopic", ["TopicArn": Scene.topic])
        try await scene.worker().run()
        #expect(scene.endpoint.messages().isEmpty)
        #expect(try await scene.waiting() == 0)
    }

    @Test func `are counted`() async throws {
        let scene = try Scene()
        try await scene.subscribe()
        for _ in 0..<3 { try await scene.publish("x") }
        try await scene.sns.queue.count()
        #expect(scene.sns.queue.waiting == 3)
    }

    @Test func `of one failing endpoint do not hold up another`() async throws {
        let scene = try Scene()
        try await scene.subscribe()
        try await scene.subscribe("http://other/")
        let worker = scene.worker()
        for number in 0..<50 { try await scene.publish("\(number)") }
        for _ in 0..<30 {
            try await worker.run()
            scene.clock.advance(0.1)
        }
        #expect(scene.endpoint.messages().count == 50)
        #expect(scene.endpoint.messages(to: "http://other/").count == 50)
    }

    @Test func `ask again for subscriptions that nobody confirmed, and forget them`() async throws {
        let scene = try Scene()
        try await scene.succeed("CreateTopic", ["Name": "alarm"])
        let request = ["TopicArn": Scene.topic, "Protocol": "http", "Endpoint": "http://receiver/"]
        try await scene.succeed("Subscribe", request)
        try await scene.succeed("Subscribe", request)
        try await scene.worker().run()
        let tokens = scene.endpoint.envelopes(to: "http://receiver/").compactMap { $0["Token"] as? String }
        #expect(tokens.count == 2)
        scene.clock.advance(49 * 3600)
        let token = try #require(tokens.first)
        let confirmation = ["TopicArn": Scene.topic, "Token": token]
        #expect(try await scene.code("ConfirmSubscription", confirmation) == "InvalidParameter")
        try await scene.worker().tidyUp()
        #expect(try await scene.store.scan(.snsSubscription, prefix: "", after: nil, limit: 10).isEmpty)
    }
}
