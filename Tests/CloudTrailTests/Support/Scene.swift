import AWSProtocol
import Authorization
import Cryptography
import Foundation
import Operations
import Storage
import Synchronization
import Testing
import Trail

@testable import CloudTrail

/// SNS and EventBridge over memory, with endpoints that do as a test says and a clock that it moves.
struct Scene: Sendable {
    static let account = "111122223333"

    let store = MemoryStore()
    let endpoint = FakeEndpoint()
    let clock = SceneClock()
    let lost = Mutexed<[String]>([])
    let sns: NotificationService
    let events: EventBridgeService
    let trail: TrailWriter
    let directory: URL
    var caller = Caller.root(account: Scene.account)

    init() throws {
        let keyring = RootKeyring.generate(now: clock.now)
        let sealed = SealedStore(store, keyring: keyring)
        let lost = lost
        sns = NotificationService(
            store: sealed,
            keyring: keyring,
            principals: EverybodyIsKnown(),
            endpoints: EndpointRules(allowsLoopback: true, sendsMail: true),
            observer: NotificationObserver(
                ruleTargetFailed: { _, target, reason in lost.change { $0.append("\(target): \(reason)") } },
                givenUp: { _, message, reason in lost.change { $0.append("\(message): \(reason)") } }
            )
        )
        events = EventBridgeService(store: sealed, keyring: keyring, topics: sns)
        directory = FileManager.default.temporaryDirectory.appending(path: "events-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        trail = try TrailWriter(
            directory: directory.appending(path: "trail").path,
            lanes: 1,
            signer: try TrailSigner(key: keyring.lastingKey(for: .trailSigning)),
            now: { [clock] in clock.now }
        )
    }

    /// A worker of a node.
    func worker() -> DeliveryWorker {
        DeliveryWorker(sns, sender: endpoint, baseURL: { "http://door" }, now: { [clock] in clock.now })
    }

    func answer(_ operation: String, _ members: [String: Any] = [:]) async throws -> Reply {
        let body = try JSON.parse([UInt8](try JSONSerialization.data(withJSONObject: members)))
        let call = Call(
            caller: caller,
            region: try #require(Region("us-east-1")),
            now: clock.now,
            source: CallSource(ipAddress: "127.0.0.1", userAgent: "test"),
            accessKeyID: "AKIATEST"
        )
        let recorder = AuditRecorder(writer: trail)
        if let entry = SNSOperations.table[operation], EventBridgeOperations.table[operation] == nil {
            return await entry.answer(call, body: body, in: OperationFrame(service: sns, recorder: recorder))
        }
        let entry = try #require(EventBridgeOperations.table[operation], "no operation \(operation)")
        return await entry.answer(call, body: body, in: OperationFrame(service: events, recorder: recorder))
    }

    /// The code of an error; nil for success.
    func code(_ operation: String, _ members: [String: Any] = [:]) async throws -> String? {
        try await answer(operation, members).errorCode
    }

    func succeed(_ operation: String, _ members: [String: Any] = [:]) async throws {
        let reply = try await answer(operation, members)
        try #require(reply.errorCode == nil, "\(operation): \(String(decoding: reply.body, as: UTF8.self))")
    }

    static let topic = "arn:aws:sns:us-east-1:\(account):alarm"

    /// A topic with a subscription that its endpoint has confirmed.
    func subscribe(_ url: String = "http://receiver/") async throws {
        try await succeed("CreateTopic", ["Name": "alarm"])
        try await succeed("Subscribe", ["TopicArn": Self.topic, "Protocol": "http", "Endpoint": url])
        try await worker().run()
        let token = try #require(endpoint.envelopes(to: url).compactMap { $0["Token"] as? String }.last)
        try await succeed("ConfirmSubscription", ["TopicArn": Self.topic, "Token": token])
    }

    func publish(_ text: String) async throws {
        try await succeed("Publish", ["TopicArn": Self.topic, "Message": text])
    }

    /// How many deliveries are in the store.
    func waiting() async throws -> Int {
        try await store.scan(.snsDelivery, prefix: "", after: nil, limit: 1000).count
    }
}

/// A clock that stands until it is moved.
final class SceneClock: Sendable {
    private let seconds = Mutexed(1_800_000_000.0)
    var now: Date { Date(timeIntervalSince1970: seconds.value) }
    func advance(_ more: Double) { seconds.change { $0 += more } }
}

/// A value behind a lock.
final class Mutexed<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }
    var value: Value { mutex.withLock { $0 } }
    func change(_ body: (inout Value) -> Void) {
        mutex.withLock { value in
            var copy = value
            body(&copy)
            value = copy
        }
    }
}

/// An endpoint in memory.
final class FakeEndpoint: NotificationSender {
    struct Post: Sendable {
        let url: String
        let body: [UInt8]
        let headers: [String: String]
    }

    let posts = Mutexed<[Post]>([])
    let mails = Mutexed<[NotificationMail]>([])
    let isDown = Mutexed(false)

    func post(
        _ body: [UInt8],
        headers: [(name: String, value: String)],
        to url: EndpointURL
    ) async -> SendOutcome {
        if isDown.value { return .failed(reason: "down") }
        let fields = Dictionary(headers.map { ($0.name, $0.value) }) { first, _ in first }
        posts.change { $0.append(Post(url: url.text, body: body, headers: fields)) }
        return .delivered
    }

    func mail(_ mail: NotificationMail) async -> SendOutcome {
        if isDown.value { return .failed(reason: "down") }
        mails.change { $0.append(mail) }
        return .delivered
    }

    /// The bodies that a URL got, as far as they are JSON.
    func envelopes(to url: String) -> [[String: Any]] {
        posts.value.filter { $0.url == url }.compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.body))) as? [String: Any]
        }
    }

    /// The messages of notifications that a URL got.
    func messages(to url: String = "http://receiver/") -> [String] {
        envelopes(to: url).filter { $0["Type"] as? String == "Notification" }
            .compactMap { $0["Message"] as? String }
    }
}

/// A directory in which every principal exists.
private struct EverybodyIsKnown: PrincipalDirectory {
    func status(of principal: PrincipalPattern) async -> PrincipalStatus { .exists(uniqueID: nil) }
}
