import AWSProtocol
import Cryptography
import Foundation
import IAM
import Operations
import Server
import Storage
import Synchronization
import Trail

/// A whole deployment without sockets: gateway, services, identities, a store in memory, a trail.
final class GatewayScene: Sendable {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)
    static let account = certain(AccountID("111122223333"))

    let gateway: AWSGateway
    /// Those of the root user.
    let credentials: Credentials
    private let region: Region
    private let writer: TrailWriter
    private let recorder: AuditRecorder
    private let segment: String
    private let faults: Faults
    private let seen = Mutex(0)

    /// Makes a deployment with nothing in it but the account.
    init(_ purpose: String) {
        let directory = Scratch.make(purpose)
        segment = directory + "/0-0000000001.log"
        let keyring = RootKeyring.generate(now: Self.now)
        let store = SealedStore(MemoryStore(), keyring: keyring)
        let administration = IdentityAdministration(store: store, keyring: keyring)
        let identities = IdentityDirectory(store: store, keyring: keyring)
        let issued = Asynchronous.result {
            try? await Bootstrap.run(administration, account: Self.account, at: Self.now) { _ in
            } withdraw: { _ in
            }
        }
        let root = certain(issued?.issued)
        let regions = ["us-east-1", "eu-west-1"].map { certain(Region($0)) }
        writer = certain { () throws(TrailError) in
            let signer = try TrailSigner(key: keyring.lastingKey(for: .trailSigning))
            return try TrailWriter(directory: directory, lanes: 1, signer: signer) { Self.now }
        }
        let faults = Faults()
        self.faults = faults
        let recorder = AuditRecorder(writer: writer) { faults.note($0) }
        self.recorder = recorder
        gateway = AWSGateway(
            identities: identities,
            services: GatewayServices(
                store: store,
                keyring: keyring,
                identities: identities,
                administration: administration,
                regions: regions,
                writer: writer,
                recorder: recorder
            ).all,
            regions: regions,
            recorder: recorder,
            pause: { _ in },
            now: { Self.now }
        )
        credentials = root.secret.exposingSecret {
            Credentials(accessKeyID: root.id.description, secret: SecretAccessKey($0))
        }
        region = regions[0]
    }

    deinit {
        do throws(TrailError) { try writer.close() } catch { broken("a trail cannot be closed: \(error)") }
    }

    /// A request that somebody signed for a service, with the user agent that it is sent with.
    func signed(_ request: RequestText, for service: AWSService, as signer: Credentials) -> RequestText {
        var request = request
        request.headers += [("host", "h"), ("user-agent", "fuzz")]
        let signer = SigV4Signer(credentials: signer, region: region, service: service)
        request.headers += signer.sign(request.signed, now: Self.now)
        return request
    }

    /// The answer to any request, which leaves an event and is no fault of the server.
    func answer(_ request: RequestText) -> GatewayResponse {
        let question = GatewayRequest(
            method: request.method,
            rawPath: request.path,
            rawQuery: request.query,
            headers: HeaderList(request.headers),
            body: request.body,
            peerAddress: "192.0.2.7"
        )
        let gateway = gateway
        let response = answerNow(question) ?? Asynchronous.result { await gateway.answer(question) }
        promise(
            response.status < 500 || response.status == 501,
            "the server fails: \(response.body.repairedText) \(faults.all)"
        )
        promise(faults.all.isEmpty, "the server tells of a fault: \(faults.all)")
        promise(checkEvents() > 0, "an answer leaves no event: \(response.body.repairedText)")
        return response
    }

    /// The answer of the fast lane, whoever makes it for it, once its event is in the trail.
    private func answerNow(_ question: GatewayRequest) -> GatewayResponse? {
        let start = MonotonicTime.now
        let answer: UnrecordedAnswer
        switch gateway.answerNow(question) {
        case nil: return nil
        case .answered(let made): answer = made
        case .waiting(let request):
            answer = Asynchronous.result { [gateway] in await gateway.answer(request) }
        case .deferred(let work):
            answer = Asynchronous.result {
                await withCheckedContinuation { waiting in
                    work.start {
                        waiting.resume(returning: $0)
                        return nil
                    }
                }
            }
        }
        let failures = RecordingFailures(of: recorder, recording: answer)
        promise(failures.of(answer) == nil, "an event cannot be written")
        return gateway.settle(answer, after: failures, in: .fast, since: start)
    }

    /// Holds the new lines of the trail against what an event is; returns how many there are.
    private func checkEvents() -> Int {
        seen.withLock { seen in
            var count = 0
            let fresh = Scratch.read(segment, from: seen)
            seen += fresh.count
            promise(fresh.isEmpty || fresh.last == 0x0A, "the trail ends within a line")
            for line in fresh.split(separator: 0x0A) where line.first == UInt8(ascii: "E") {
                guard let start = line.firstIndex(of: UInt8(ascii: "{")) else {
                    broken("an event has no JSON")
                }
                let event = accepted { () throws(JSONError) in
                    try JSON.parse(Array(line[start...]), depthMax: 64)
                }
                promise(event?["eventName"]?.text?.isEmpty == false, "an event is no JSON, or has no name")
                promise(event?["eventTime"]?.text == "2026-11-18T11:06:40Z", "an event has another time")
                count += 1
            }
            return count
        }
    }
}

/// What the server told of its own faults.
private final class Faults: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func note(_ fault: ServerFault) { texts.withLock { $0.append("\(fault)") } }
}
