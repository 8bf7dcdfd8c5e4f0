import AWSProtocol
import Authorization
import Cryptography
import Foundation
import KMS
import Operations
import OperationsTesting
import Scheduling
import SecretsManager
import Storage
import Testing
import Trail

/// Secrets Manager and KMS over memory: two Regions, two accounts, a clock that stands until it is moved.
struct SecretsDeployment: Sendable {
    static let account = "111122223333"
    static let otherAccount = "444455556666"
    private static let principals = TestPrincipals(
        accounts: [account, otherAccount],
        users: ["alice", "bob"]
    )

    let store: MemoryStore
    let sealed: SealedStore
    let service: SecretsManagerService
    let trail: TestTrail
    let clock = TestClock()
    private let keyring: RootKeyring
    private let kms: OperationFrame<KeyManagementService>
    private let frame: OperationFrame<SecretsManagerService>
    let recorder: AuditRecorder
    var caller = Caller.root(account: SecretsDeployment.account)
    var region = "us-east-1"

    init() throws {
        try self.init(MemoryStore(), RootKeyring.generate(now: TestClock().now))
    }

    /// Another node over the same store.
    init(sharing other: SecretsDeployment) throws {
        try self.init(other.store, other.keyring)
    }

    private init(_ store: MemoryStore, _ keyring: RootKeyring) throws {
        self.store = store
        self.keyring = keyring
        sealed = SealedStore(store, keyring: keyring)
        trail = try TestTrail(clock)
        recorder = AuditRecorder(writer: trail.writer)
        let keys = KeyManagementService(
            store: sealed,
            keyring: keyring,
            principals: Self.principals,
            regions: try ["us-east-1", "eu-west-1", "ap-south-1"].map { try #require(Region($0)) }
        )
        service = SecretsManagerService(
            store: sealed,
            keyring: keyring,
            principals: Self.principals,
            kms: keys,
            recorder: recorder
        )
        kms = OperationFrame(service: keys, recorder: recorder)
        frame = OperationFrame(service: service, recorder: recorder)
    }

    /// The same service asked by somebody else, or in another Region.
    func asking(as caller: Caller? = nil, in region: String? = nil) -> SecretsDeployment {
        var copy = self
        copy.caller = caller ?? self.caller
        copy.region = region ?? self.region
        return copy
    }

    /// A user with one identity policy of statements.
    static func user(_ name: String, account: String = SecretsDeployment.account, _ statements: String...)
        throws -> Caller
    {
        let text = #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
        return try Caller.testUser(name, account: account, [text])
    }

    static func allow(_ actions: String...) -> String {
        let list = actions.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"Effect":"Allow","Action":[\#(list)],"Resource":"*"}"#
    }

    private func call() throws -> Call {
        Call(
            caller: caller,
            region: try #require(Region(region)),
            now: clock.now,
            source: CallSource(ipAddress: "127.0.0.1", userAgent: "test"),
            accessKeyID: "AKIATEST"
        )
    }

    func reply(_ operation: String, _ members: [String: Any]) async throws -> Reply {
        let body = try JSON.parse([UInt8](try JSONSerialization.data(withJSONObject: members)))
        if let entry = SecretsManagerOperations.table[operation] {
            return await entry.answer(try call(), body: body, in: frame)
        }
        let entry = try #require(KMSOperations.table[operation], "no operation \(operation)")
        return await entry.answer(try call(), body: body, in: kms)
    }

    /// What the fast lane would answer; nil when it would not.
    func replyNow(_ operation: String, _ members: [String: Any]) throws -> Reply? {
        try unrecordedNow(operation, members)?.reply
    }

    /// What the fast lane would answer, with the events that it has to record first.
    func unrecordedNow(_ operation: String, _ members: [String: Any]) throws -> UnrecordedReply? {
        let body = try JSON.parse([UInt8](try JSONSerialization.data(withJSONObject: members)))
        let entry = try #require(SecretsManagerOperations.table[operation])
        guard case .answered(let reply) = entry.answerNow(try call(), body: body, in: frame) else {
            return nil
        }
        return reply
    }

    /// The members of a successful answer; Secrets Manager's operations have precedence over KMS's of the same name.
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

    /// The code and message of an error, as `Code: message`.
    func failure(_ operation: String, _ members: [String: Any] = [:]) async throws -> String {
        let reply = try await reply(operation, members)
        guard let code = reply.errorCode else { return "no error" }
        return "\(code): \(try Answer(reply.body)["message"] as? String ?? "")"
    }

    /// Makes a secret with a value and answers its ARN.
    @discardableResult
    func makeSecret(_ name: String, _ value: String = "one", _ more: [String: Any] = [:]) async throws
        -> String
    {
        let members: [String: Any] = [
            "Name": name, "SecretString": value, "ClientRequestToken": Self.token(1),
        ]
        return try await call("CreateSecret", members.merging(more) { $1 }).text("ARN")
    }

    /// Adds a version.
    func put(_ secret: String, _ value: String, _ number: Int, _ stages: [String]? = nil) async throws {
        var members: [String: Any] = [
            "SecretId": secret, "SecretString": value, "ClientRequestToken": Self.token(number),
        ]
        if let stages { members["VersionStages"] = stages }
        try await call("PutSecretValue", members)
    }

    func value(_ secret: String, _ more: [String: Any] = [:]) async throws -> String {
        try await call("GetSecretValue", more.merging(["SecretId": secret]) { $1 }).text("SecretString")
    }

    /// The labels of a secret's versions, by version.
    func stages(of secret: String) async throws -> [String: [String]] {
        let answer = try await call("DescribeSecret", ["SecretId": secret])
        return answer["VersionIdsToStages"] as? [String: [String]] ?? [:]
    }

    func runDueTasks() async throws -> Int {
        try await SecretScheduler(service, recorder: recorder) { _, _ in }.runDueTasks(at: clock.now)
    }

    /// All records of the module; equal before and after what must change nothing.
    func records() async throws -> [Record] {
        var records: [Record] = []
        for kind in SecretsManagerService.recordKinds {
            records += try await store.scan(kind, prefix: "", after: nil, limit: 1000)
        }
        return records
    }

    static func token(_ number: Int) -> String {
        "00000000-0000-4000-8000-" + String(format: "%012d", number)
    }
}
