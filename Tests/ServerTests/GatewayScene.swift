import AWSProtocol
import Authorization
import Cryptography
import Foundation
import IAM
import KMS
import Operations
import Storage
import Synchronization
import Testing
import Trail

@testable import Server

/// A gateway over a store in memory and a trail in a directory of its own, with a root key and a clock.
final class GatewayScene: Sendable {
    let gateway: AWSGateway
    let administration: IdentityAdministration
    let identities: IdentityDirectory
    let store: MemoryStore
    let trail: TrailWriter
    let directory: String
    let account: AccountID
    let root: IssuedAccessKey
    let clock: TestClock

    init(
        contact: StoreContact? = nil,
        pause: (@Sendable (Double) async -> Void)? = nil
    ) async throws {
        let clock = TestClock()
        self.clock = clock
        store = MemoryStore()
        let keyring = RootKeyring.generate(now: clock.now)
        administration = IdentityAdministration(store: store, keyring: keyring)
        identities = IdentityDirectory(store: store, keyring: keyring)
        account = try #require(AccountID("111122223333"))
        let made = try await Bootstrap.run(administration, account: account, at: clock.now) { _ in
        } withdraw: { _ in
        }
        root = try #require(made.issued)
        directory = FileManager.default.temporaryDirectory.path + "/gateway-\(EventID.random())"
        let signer = try TrailSigner(key: keyring.lastingKey(for: .trailSigning))
        trail = try TrailWriter(directory: directory, lanes: 1, signer: signer) { clock.now }
        let regions = try ["us-east-1", "eu-west-1"].map { try #require(Region($0)) }
        let recorder = AuditRecorder(writer: trail)
        let kms = KeyManagementService(
            store: store,
            keyring: keyring,
            principals: identities,
            regions: regions
        )
        gateway = AWSGateway(
            identities: identities,
            services: [
                .kms: TableService(
                    KMSOperations.table,
                    frame: OperationFrame(service: kms, recorder: recorder)
                )
            ],
            regions: regions,
            recorder: recorder,
            contact: contact,
            pause: pause,
            now: { clock.now }
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// The trail's events so far as text, oldest first.
    func events() throws -> [String] {
        let cursor = try TrailReader(directory: directory).events()
        var events: [String] = []
        while let entry = try cursor.next() { events.append(String(decoding: entry.json, as: UTF8.self)) }
        return events
    }

    /// A signed KMS request, which a test may then spoil.
    func kms(_ operation: String, _ body: String = "{}", as key: IssuedAccessKey? = nil) -> Question {
        var question = Question()
        question.headers = [
            ("Host", "kms.example"), ("X-Amz-Target", "TrentService.\(operation)"),
            ("Content-Type", "application/x-amz-json-1.1"), ("User-Agent", "tests/1"),
        ]
        question.body = Array(body.utf8)
        question.sign(as: key ?? root, at: clock.now)
        return question
    }

    func answer(_ question: Question) async -> Answer { Answer(await gateway.answer(question.request)) }

    /// The answer that is there at once; nil when something has to be waited for.
    func answerNow(_ question: Question, recalling memory: ConnectionMemory? = nil) throws -> Answer? {
        let start = MonotonicTime.now
        guard case .answered(let answer) = gateway.answerNow(question.request, recalling: memory) else {
            return nil
        }
        return settled(answer, since: start)
    }

    /// The answer that is there once another thread has done the work; nil when that is not how it is made.
    func answerDeferred(_ question: Question) async -> Answer? {
        let start = MonotonicTime.now
        guard case .deferred(let deferred) = gateway.answerNow(question.request) else { return nil }
        let answer = await withCheckedContinuation { waiting in
            deferred.start {
                waiting.resume(returning: $0)
                return nil
            }
        }
        return settled(answer, since: start)
    }

    /// The answer that a task comes to, after the request was accepted at once; nil when it was not.
    func answerWaiting(_ question: Question) async -> Answer? {
        let start = MonotonicTime.now
        guard case .waiting(let waiting) = gateway.answerNow(question.request) else { return nil }
        return settled(await gateway.answer(waiting), in: .slow, since: start)
    }

    private func settled(
        _ answer: UnrecordedAnswer,
        in lane: RequestLane = .fast,
        since start: MonotonicTime
    ) -> Answer {
        let failures = RecordingFailures(of: gateway.recorder, recording: answer)
        return Answer(gateway.settle(answer, after: failures, in: lane, since: start))
    }
}

/// A clock that tests set.
final class TestClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_795_000_000))

    var now: Date { time.withLock { $0 } }

    func advance(seconds: Double) { time.withLock { $0 += seconds } }
}

/// A request in parts.
struct Question {
    var method = "POST"
    var path = "/"
    var query = ""
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    var request: GatewayRequest {
        GatewayRequest(
            method: method,
            rawPath: path,
            rawQuery: query,
            headers: HeaderList(headers),
            body: body,
            peerAddress: "192.0.2.7"
        )
    }

    /// Signs what is there and adds the signature.
    mutating func sign(
        as key: IssuedAccessKey,
        at date: Date,
        region: String = "us-east-1",
        service: AWSService = .kms,
        secret: String? = nil
    ) {
        guard let region = Region(region) else {
            Issue.record("\(region) is no Region")
            return
        }
        let credentials = key.secret.exposingSecret {
            Credentials(accessKeyID: key.id.description, secret: SecretAccessKey(secret ?? $0))
        }
        let signer = SigV4Signer(credentials: credentials, region: region, service: service)
        headers += signer.sign(request.request, now: date)
    }

    mutating func set(_ name: String, _ value: String?) {
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        if let value { headers.append((name, value)) }
    }
}

/// An answer with its JSON read.
struct Answer: CustomStringConvertible {
    let status: Int
    let headers: [String: String]
    let body: String

    init(_ response: GatewayResponse) {
        status = response.status
        headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        body = String(decoding: response.body, as: UTF8.self)
    }

    /// The value of a string member of the body, at whatever depth it comes first.
    subscript(member: String) -> String? {
        guard let match = body.firstRange(of: "\"\(member)\":\"") else { return nil }
        return String(body[match.upperBound...].prefix { $0 != "\"" })
    }

    var code: String? { self["__type"] }

    var description: String { "\(status) \(body)" }
}

/// What a callback was told, in order.
final class Seen: Sendable {
    private let names = Mutex<[String]>([])

    var all: [String] { names.withLock { $0 } }

    func note(_ name: String) { names.withLock { $0.append(name) } }
}
