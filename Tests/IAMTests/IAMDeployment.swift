import AWSProtocol
import Authorization
import Cryptography
import Foundation
import Operations
import Storage
import Testing
import Trail

@testable import IAM

/// A whole IAM over memory, asked by the root user of its account unless told otherwise.
final class IAMDeployment: Sendable {
    static let account = "111122223333"
    let store = MemoryStore()
    let iam: IAMService
    /// The directory of this node.
    let directory: IdentityDirectory
    /// The directory of another node, which learns of changes by the feed alone.
    let elsewhere: IdentityDirectory
    let account: AccountID
    let now = Date(timeIntervalSince1970: 1_795_000_000)
    private let trail: TrailWriter
    private let folder: String
    private let frame: OperationFrame<IAMService>

    init() async throws {
        let now = now
        let keyring = RootKeyring.generate(now: now)
        account = try #require(AccountID(Self.account))
        directory = IdentityDirectory(store: store, keyring: keyring)
        elsewhere = IdentityDirectory(store: store, keyring: keyring)
        iam = IAMService(store: store, keyring: keyring, directory: directory)
        let administration = IdentityAdministration(store: store, keyring: keyring)
        _ = try await administration.createAccount(account, name: nil, at: now)
        folder = FileManager.default.temporaryDirectory.path + "/iam-\(EventID.random())"
        let signer = try TrailSigner(key: keyring.lastingKey(for: .trailSigning))
        trail = try TrailWriter(directory: folder, lanes: 1, signer: signer) { now }
        frame = OperationFrame(service: iam, recorder: AuditRecorder(writer: trail))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The answer to an operation, as XML.
    func answer(_ operation: String, _ parameters: [String: String], as caller: Caller? = nil) async throws
        -> Reply
    {
        let entry = try #require(IAMOperations.table[operation], "no operation \(operation)")
        let text = parameters.map { name, value in
            "\(PercentEncoding.encode(name))=\(PercentEncoding.encode(value))"
        }.joined(separator: "&")
        let body = try QueryInput.json(try QueryParameters(try Form(parsing: text)), as: entry.input)
        let call = Call(
            caller: caller ?? .root(account: Self.account),
            region: try #require(Region("us-east-1")),
            now: now,
            source: CallSource(ipAddress: "192.0.2.1", userAgent: "tests"),
            accessKeyID: nil
        )
        return await entry.answer(call, body: body, in: frame)
    }

    /// The text of a successful answer.
    @discardableResult
    func call(_ operation: String, _ parameters: [String: String]) async throws -> String {
        let reply = try await answer(operation, parameters)
        let text = String(decoding: reply.body, as: UTF8.self)
        try #require(reply.errorCode == nil, "\(text)")
        return text
    }

    /// The code of an error; `ok` for success.
    func code(_ operation: String, _ parameters: [String: String]) async throws -> String {
        try await answer(operation, parameters).errorCode ?? "ok"
    }

    /// An access key of a user, as it was issued.
    func key(of user: String) async throws -> String {
        let text = try await call("CreateAccessKey", ["UserName": user])
        return try #require(text.value(of: "AccessKeyId"))
    }

    /// All changes so far, told to the other node.
    func followElsewhere() async throws {
        for change in try await store.changes(after: 0, limit: 1000) { elsewhere.invalidate(change.key) }
    }

    /// The audit events so far, oldest first.
    func events() throws -> [String] {
        let cursor = try TrailReader(directory: folder).events()
        var events: [String] = []
        while let entry = try cursor.next() { events.append(String(decoding: entry.json, as: UTF8.self)) }
        return events
    }

    func records(_ kind: RecordKind) async throws -> [Record] {
        try await store.scan(kind, prefix: "", after: nil, limit: 1000)
    }

    static func allowing(_ action: String) -> String {
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"\#(action)","Resource":"*"}}"#
    }

    static func trusting(_ principal: String) -> String {
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"\#(principal)"},"#
            + #""Action":"sts:AssumeRole"}}"#
    }
}

extension String {
    /// The text of the first element of a name.
    func value(of element: String) -> String? {
        guard let start = firstRange(of: "<\(element)>"), let end = firstRange(of: "</\(element)>") else {
            return nil
        }
        return String(self[start.upperBound..<end.lowerBound])
    }
}

extension Caller {
    /// Whether the identity policies of a caller, within its boundary, allow an action in its account.
    func may(_ action: String) -> Bool {
        Authorizer.decide(
            AuthorizationRequest(
                caller: self,
                action: action,
                resource: "*",
                resourceAccount: account ?? "",
                resourcePolicy: nil,
                delegation: .notRequired,
                allowsCrossAccount: false,
                context: DictionaryContext()
            )
        ).isAllowed
    }
}
