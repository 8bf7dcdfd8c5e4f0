import AWSProtocol
import Authorization
import Cryptography
import Foundation
import KMS
import Operations
import Storage
import Testing
import Trail

@testable import IAM
@testable import Server

/// A gateway with KMS and STS, in whose account tests make users and roles.
final class SessionScene: Sendable {
    let gateway: AWSGateway
    let administration: IdentityAdministration
    let identities: IdentityDirectory
    let store = MemoryStore()
    let keyring: RootKeyring
    let trail: TrailWriter
    let directory: String
    let account: AccountID
    let root: IssuedAccessKey
    let clock = TestClock()
    let documents: ScriptedDocuments

    init(documents: ScriptedDocuments = ScriptedDocuments()) async throws {
        let clock = clock
        self.documents = documents
        keyring = RootKeyring.generate(now: clock.now.addingTimeInterval(-1_000))
        administration = IdentityAdministration(store: store, keyring: keyring)
        account = try #require(AccountID("111122223333"))
        let made = try await Bootstrap.run(administration, account: account, at: clock.now) { _ in
        } withdraw: { _ in
        }
        root = try #require(made.issued)
        directory = FileManager.default.temporaryDirectory.path + "/sessions-\(EventID.random())"
        let signer = try TrailSigner(key: keyring.lastingKey(for: .trailSigning))
        trail = try TrailWriter(directory: directory, lanes: 1, signer: signer) { clock.now }
        identities = IdentityDirectory(store: store, keyring: keyring)
        gateway = try Self.gateway(store, keyring, identities, trail, clock, documents)
    }

    /// A gateway of another node, or of the same after a restart: with nothing in memory.
    func another() throws -> AWSGateway {
        let identities = IdentityDirectory(store: store, keyring: keyring)
        return try Self.gateway(store, keyring, identities, trail, clock, documents)
    }

    private static func gateway(
        _ store: MemoryStore,
        _ keyring: RootKeyring,
        _ identities: IdentityDirectory,
        _ trail: TrailWriter,
        _ clock: TestClock,
        _ documents: ScriptedDocuments
    ) throws -> AWSGateway {
        let regions = [try #require(Region("us-east-1"))]
        let recorder = AuditRecorder(writer: trail)
        let kms = KeyManagementService(
            store: store,
            keyring: keyring,
            principals: identities,
            regions: regions
        )
        let sts = SecurityTokenService(
            directory: identities,
            keyring: keyring,
            webIdentities: WebIdentityVerifier(
                providers: identities,
                published: IssuerKeys(fetcher: documents),
                administration: IdentityAdministration(store: store, keyring: keyring)
            )
        )
        return AWSGateway(
            identities: identities,
            services: [
                .kms: TableService(
                    KMSOperations.table,
                    frame: OperationFrame(service: kms, recorder: recorder)
                ),
                .sts: TableService(
                    STSOperations.table,
                    frame: OperationFrame(service: sts, recorder: recorder)
                ),
            ],
            regions: regions,
            recorder: recorder,
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

    /// All changes of the store so far, handed to the directory.
    func followChanges() async throws {
        for change in try await store.changes(after: 0, limit: 1000) { identities.invalidate(change.key) }
    }
}

/// Whoever signs requests.
struct Signer {
    let id: String
    let secret: String
    var token: String?

    init(_ key: IssuedAccessKey) {
        id = key.id.description
        secret = key.secret.exposingSecret { $0 }
    }

    /// The credentials in an answer of STS.
    init(_ answer: Answer) throws {
        id = try #require(answer.element("AccessKeyId"), "\(answer)")
        secret = try #require(answer.element("SecretAccessKey"))
        token = answer.element("SessionToken")
    }

    var credentials: Credentials {
        Credentials(
            accessKeyID: id,
            secret: SecretAccessKey(secret),
            sessionToken: token.map { SessionToken($0) }
        )
    }
}

extension Answer {
    /// The text of the first element of a name.
    func element(_ name: String) -> String? {
        guard let start = body.firstRange(of: "<\(name)>") else { return nil }
        return String(body[start.upperBound...].prefix { $0 != "<" })
            .replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
    }

    /// The code of an error of the Query protocol, or of the JSON one.
    var failure: String? { element("Code") ?? code }
    var message: String? { element("Message") ?? self["message"] }
}

// MARK: Asking

extension SessionScene {
    /// The answer of STS to a form.
    func sts(
        _ action: String,
        _ members: [String: String] = [:],
        as signer: Signer?,
        at gateway: AWSGateway? = nil
    ) async throws -> Answer {
        let pairs = [("Action", action), ("Version", "2011-06-15")] + members.sorted { $0.key < $1.key }
        var question = Question()
        question.headers = [
            ("Host", "sts.example"), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
        ]
        question.body = Array(
            pairs.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&").utf8
        )
        if let signer { try sign(&question, as: signer, for: .sts) }
        return Answer(await (gateway ?? self.gateway).answer(question.request))
    }

    func kmsQuestion(_ operation: String, _ body: String, as signer: Signer) throws -> Question {
        var question = Question()
        question.headers = [
            ("Host", "kms.example"), ("X-Amz-Target", "TrentService.\(operation)"),
            ("Content-Type", "application/x-amz-json-1.1"),
        ]
        question.body = Array(body.utf8)
        try sign(&question, as: signer, for: .kms)
        return question
    }

    /// The answer of KMS.
    func kms(
        _ operation: String,
        _ body: String = "{}",
        as signer: Signer,
        at gateway: AWSGateway? = nil
    ) async throws -> Answer {
        let question = try kmsQuestion(operation, body, as: signer)
        return Answer(await (gateway ?? self.gateway).answer(question.request))
    }

    func sign(_ question: inout Question, as signer: Signer, for service: AWSService) throws {
        let region = try #require(Region("us-east-1"))
        let sigV4 = SigV4Signer(credentials: signer.credentials, region: region, service: service)
        question.headers += sigV4.sign(question.request.request, now: clock.now)
    }

    /// The credentials of a session of a role.
    func assume(
        _ role: String,
        _ members: [String: String] = [:],
        as signer: Signer
    ) async throws -> Signer {
        try Signer(try await assumption(role, members, as: signer))
    }

    func assumption(
        _ role: String,
        _ members: [String: String] = [:],
        as signer: Signer
    ) async throws -> Answer {
        let defaults = ["RoleArn": arn(role), "RoleSessionName": "session"]
        return try await sts("AssumeRole", defaults.merging(members) { $1 }, as: signer)
    }

    func arn(_ role: String) -> String { "arn:aws:iam::\(account):role/\(role)" }
}

// MARK: Making

extension SessionScene {
    static func statement(_ action: String, _ more: String = "") -> String {
        #"{"Effect":"Allow","Action":"\#(action)","Resource":"*"\#(more)}"#
    }

    static func policy(_ statements: String...) -> String {
        #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
    }

    /// A trust policy of one statement.
    static func trust(
        _ principal: String,
        _ actions: String = #""sts:*""#,
        _ condition: String = "{}"
    ) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":\#(principal),"#
            + #""Action":[\#(actions)],"Condition":\#(condition)}]}"#
    }

    /// A trust policy for the account's principals.
    var ownTrust: String { Self.trust(#"{"AWS":"\#(account)"}"#) }

    /// An access key of a new user with an inline policy.
    func user(_ name: String, _ policy: String = "", of account: AccountID? = nil) async throws -> Signer {
        let account = account ?? self.account
        let user = try #require(UserName(name))
        let policies = policy.isEmpty ? [] : [(try #require(PolicyName("inline")), policy)]
        try await administration.ensureUser(user, of: account, settingPolicies: policies, at: clock.now)
        return Signer(try await administration.createAccessKey(for: .user(account, user), at: clock.now))
    }

    /// Makes a role, or puts another in its place.
    @discardableResult
    func role(
        _ name: String,
        _ policy: String = policy(statement("kms:*")),
        trust: String? = nil,
        principalIDs: [String: String] = [:],
        seconds: Int = 3_600,
        tags: [String: String] = [:],
        path: String = "/",
        replacing old: Role? = nil
    ) async throws -> Role {
        var role = Role(
            account: account,
            name: try #require(RoleName(name)),
            path: path,
            id: old?.id ?? .random(.role),
            trustPolicy: TrustPolicy(text: trust ?? ownTrust, principalIDs: principalIDs),
            maxSessionSeconds: seconds,
            createdAt: clock.now
        )
        role.inlinePolicies = ["inline": policy]
        role.tags = tags
        try await administration.commit([
            try administration.put(role, role.recordKey, expecting: .any),
            try administration.put(EntityPlace(role), role.id.recordKey, expecting: .any),
        ])
        try await followChanges()
        return role
    }

    func delete(_ role: Role) async throws {
        try await administration.commit([
            .delete(role.recordKey, expecting: .any), .delete(role.id.recordKey, expecting: .any),
        ])
        try await followChanges()
    }

    /// The provider `idp.example.com/tenant`.
    func provider(clients: [String] = ["sts.amazonaws.com"]) async throws {
        let provider = OpenIDConnectProvider(
            account: account,
            issuer: "idp.example.com/tenant",
            createdAt: clock.now,
            clientIDs: clients,
            thumbprints: []
        )
        let key = OpenIDConnectProvider.recordKey(account, provider.issuer)
        try await administration.commit([try administration.put(provider, key, expecting: .any)])
        try await followChanges()
    }
}
