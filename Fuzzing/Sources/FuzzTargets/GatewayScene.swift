import AWSProtocol
import Cryptography
import Dispatch
import Foundation
import IAM
import KMS
import Operations
import Server
import Storage
import Synchronization
import Trail

/// A whole deployment without sockets: gateway, KMS, identities, a store in memory, a trail.
final class GatewayScene: Sendable {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)

    let gateway: AWSGateway
    private let signer: SigV4Signer
    private let writer: TrailWriter
    private let segment: String
    private let faults: Faults
    private let seen = Mutex(0)

    /// Makes the deployment, with the keys that inputs know by their aliases.
    init(_ purpose: String) {
        let directory = Scratch.make(purpose)
        segment = directory + "/0-0000000001.log"
        let keyring = RootKeyring.generate(now: Self.now)
        let store = SealedStore(MemoryStore(), keyring: keyring)
        let administration = IdentityAdministration(store: store, keyring: keyring)
        let identities = IdentityDirectory(store: store, keyring: keyring)
        let issued = GatewayScene.wait {
            try? await Bootstrap.run(administration, account: AccountID("111122223333"), at: Self.now) { _ in
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
        let kms = KeyManagementService(
            store: store,
            keyring: keyring,
            principals: identities,
            regions: regions
        )
        let service = TableService(
            KMSOperations.table,
            frame: OperationFrame(service: kms, recorder: recorder)
        )
        gateway = AWSGateway(
            identities: identities,
            services: [.kms: service],
            regions: regions,
            recorder: recorder,
            now: { Self.now }
        )
        signer = SigV4Signer(
            credentials: root.secret.exposingSecret {
                Credentials(accessKeyID: root.id.description, secret: SecretAccessKey($0))
            },
            region: regions[0],
            service: .kms
        )
        makeKeys()
    }

    deinit {
        do throws(TrailError) { try writer.close() } catch { broken("a trail cannot be closed: \(error)") }
    }

    private func makeKeys() {
        let keys = [
            ("aes", "{}"), ("multi", #"{"MultiRegion":true}"#), ("outside", #"{"Origin":"EXTERNAL"}"#),
            ("mac", #"{"KeySpec":"HMAC_256","KeyUsage":"GENERATE_VERIFY_MAC"}"#),
            ("sign", #"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#),
            ("agree", #"{"KeySpec":"ECC_NIST_P256","KeyUsage":"KEY_AGREEMENT"}"#),
        ]
        for (name, body) in keys {
            let made = answer("CreateKey", Array(body.utf8))
            let id = certain(made["KeyMetadata"]?["KeyId"]?.text)
            _ = answer("CreateAlias", Array(#"{"AliasName":"alias/\#(name)","TargetKeyId":"\#(id)"}"#.utf8))
        }
    }

    /// The answer to a signed call, which must be JSON and no fault of the server.
    func answer(_ operation: String, _ body: [UInt8]) -> JSON {
        var request = RequestText(
            headers: [("host", "h"), ("x-amz-target", "TrentService.\(operation)"), ("user-agent", "fuzz")],
            body: body
        )
        request.headers += signer.sign(request.signed, now: Self.now)
        let response = answer(request)
        let text = response.body.repairedText
        promise(response.status != 403 || !text.contains("Signature"), "a signed call is refused: \(text)")
        let value = accepted { () throws(JSONError) in try JSON.parse(response.body) }
        promise(value != nil || response.body.isEmpty, "an answer is not JSON: \(text)")
        return value ?? .null
    }

    /// The answer to any request.
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
        let response = answerNow(question) ?? GatewayScene.wait { await gateway.answer(question) }
        promise(
            response.status < 500 || response.status == 501,
            "the server fails: \(response.body.repairedText) \(faults.all)"
        )
        promise(faults.all.isEmpty, "the server tells of a fault: \(faults.all)")
        checkEvents()
        return response
    }

    /// The answer of the fast lane, once its event is in the trail.
    private func answerNow(_ question: GatewayRequest) -> GatewayResponse? {
        let start = MonotonicTime.now
        guard let answer = gateway.answerNow(question) else { return nil }
        do throws(TrailError) {
            if let event = answer.event { try writer.append([event], lane: 0) }
        } catch {
            broken("an event cannot be written: \(error)")
        }
        return gateway.settle(answer, after: nil, since: start)
    }

    /// Holds the new lines of the trail against what an event is.
    private func checkEvents() {
        seen.withLock { seen in
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
            }
        }
    }

    /// Runs what is asynchronous to its end.
    private static func wait<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Value?>(nil)
        Task {
            let value = await work()
            result.withLock { $0 = value }
            done.signal()
        }
        done.wait()
        return certain(result.withLock { $0 })
    }
}

/// What the server told of its own faults.
private final class Faults: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func note(_ fault: ServerFault) { texts.withLock { $0.append("\(fault)") } }
}
