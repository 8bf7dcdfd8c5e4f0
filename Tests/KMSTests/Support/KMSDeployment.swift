import AWSProtocol
import Authorization
import Cryptography
import Foundation
import KMS
import Operations
import OperationsTesting
import Storage
import Synchronization
import Testing
import Trail

/// A whole KMS over memory: two Regions, an account with some users, a clock that stands until it is moved.
struct KMSDeployment: Sendable {
    static let account = "111122223333"
    static let otherAccount = "444455556666"

    let store: MemoryStore
    let sealed: SealedStore
    let service: KeyManagementService
    let frame: OperationFrame<KeyManagementService>
    let trail: TestTrail
    let clock = TestClock(at: Date(timeIntervalSince1970: 1_800_000_000))
    let faults = DeploymentFaults()
    var caller = Caller.root(account: KMSDeployment.account)
    var region = "us-east-1"

    init() throws {
        store = MemoryStore()
        let keyring = RootKeyring.generate(now: clock.now)
        sealed = SealedStore(store, keyring: keyring)
        let regions = try ["us-east-1", "eu-west-1", "ap-south-1"].map { try #require(Region($0)) }
        service = KeyManagementService(
            store: sealed,
            keyring: keyring,
            principals: TestPrincipals(
                accounts: [Self.account, Self.otherAccount],
                users: ["alice", "bob", "carol", "service"]
            ),
            regions: regions
        )
        trail = try TestTrail(clock)
        frame = OperationFrame(
            service: service,
            recorder: AuditRecorder(writer: trail.writer) { [faults] in faults.note($0) }
        )
    }

    /// The same KMS asked by somebody else.
    func asking(as caller: Caller, in region: String? = nil) -> KMSDeployment {
        var copy = self
        copy.caller = caller
        copy.region = region ?? self.region
        return copy
    }

    /// A user of an account with identity policies.
    static func user(_ name: String, account: String = KMSDeployment.account, _ policies: String...) throws
        -> Caller
    {
        try Caller.testUser(name, account: account, policies)
    }

    /// An identity policy that allows actions on everything.
    static func allowing(_ actions: String...) -> String {
        let list = actions.map { "\"\($0)\"" }.joined(separator: ",")
        return
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[\#(list)],"Resource":"*"}]}"#
    }

    /// The reply to an operation.
    func reply(_ operation: String, _ members: [String: Any] = [:]) async throws -> Reply {
        let body = try JSON.parse([UInt8](try JSONSerialization.data(withJSONObject: members)))
        let call = Call(
            caller: caller,
            region: try #require(Region(region)),
            now: clock.now,
            source: CallSource(ipAddress: "127.0.0.1", userAgent: "test"),
            accessKeyID: "AKIATEST"
        )
        let entry = try #require(KMSOperations.table[operation], "no operation \(operation)")
        return await entry.answer(call, body: body, in: frame)
    }

    /// The members of a successful answer.
    @discardableResult
    func call(
        _ operation: String,
        _ members: [String: Any] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let reply = try await reply(operation, members)
        let text = String(decoding: reply.body, as: UTF8.self)
        try #require(reply.errorCode == nil, "\(operation): \(text)", sourceLocation: sourceLocation)
        return try Answer(reply.body)
    }

    /// The code and message of an error, as `Code: message`, or `Code` alone when there is no message.
    func failure(_ operation: String, _ members: [String: Any] = [:]) async throws -> String {
        let reply = try await reply(operation, members)
        guard let code = reply.errorCode else { return "no error" }
        let message = try Answer(reply.body)["message"] as? String
        return message.map { "\(code): \($0)" } ?? code
    }

    /// Makes a key and answers its id.
    func makeKey(_ members: [String: Any] = [:]) async throws -> String {
        try await call("CreateKey", members).object("KeyMetadata").text("KeyId")
    }

    /// The ARN of a key of the account in the Region.
    func arn(_ key: String) -> String { "arn:aws:kms:\(region):\(Self.account):key/\(key)" }

    /// The state of a key.
    func state(of key: String) async throws -> String {
        try await call("DescribeKey", ["KeyId": key]).object("KeyMetadata").text("KeyState")
    }

    /// All records of the store, as they lie there; equal before and after what must change nothing.
    func records() async throws -> [Record] {
        var records: [Record] = []
        for kind in Self.kinds {
            records += try await store.scan(RecordKind(rawValue: kind), prefix: "", after: nil, limit: 1000)
        }
        return records
    }

    static let kinds = [
        "kms.key", "kms.key-of-account", "kms.alias", "kms.grant", "kms.retirable-grant", "kms.grant-name",
        "kms.schedule", "kms.last-usage", "kms.service-event",
    ]
}

/// What the operator was told of.
final class DeploymentFaults: Sendable {
    private let noted = Mutex<[ServerFault]>([])

    var all: [ServerFault] { noted.withLock { $0 } }

    func note(_ fault: ServerFault) {
        noted.withLock { $0.append(fault) }
    }
}
