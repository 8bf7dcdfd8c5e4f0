import Testing

@testable import Authorization

/// The people, keys and requests that the suites of this module talk about.
enum Scenario {
    static let account = "111122223333"
    static let otherAccount = "444455556666"
    static let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    static let alice = "arn:aws:iam::111122223333:user/alice"
    static let role = "arn:aws:iam::111122223333:role/team/Deployer"
    static let roleSession = "arn:aws:sts::111122223333:assumed-role/Deployer/ci"
    static let federated = "arn:aws:sts::111122223333:federated-user/bob"

    static func policy(
        _ kind: PolicyKind,
        _ statements: String...,
        version: String = "2012-10-17"
    ) throws -> PolicyDocument {
        try PolicyDocument(
            parsing: #"{"Version":"\#(version)","Statement":[\#(statements.joined(separator: ","))]}"#,
            as: kind
        )
    }

    static func allowAll(_ kind: PolicyKind) throws -> PolicyDocument {
        try policy(kind, #"{"Effect":"Allow","Action":"*","Resource":"*"}"#)
    }

    /// A key policy that allows `kms:*` to one principal, written as the value of `Principal`.
    static func keyPolicy(for principal: String) throws -> PolicyDocument {
        try policy(.key, #"{"Effect":"Allow","Principal":\#(principal),"Action":"kms:*","Resource":"*"}"#)
    }

    static func user(
        account: String = account,
        identityPolicies: [PolicyDocument] = [],
        boundary: PolicyDocument? = nil,
        tags: [String: String] = [:],
        session: SessionAttributes = SessionAttributes()
    ) -> Caller {
        Caller(
            type: .user,
            arn: "arn:aws:iam::\(account):user/alice",
            account: account,
            uniqueID: "AIDAALICE00000000001",
            username: "alice",
            tags: tags,
            session: session,
            identityPolicies: identityPolicies,
            boundary: boundary
        )
    }

    static func session(
        account: String = account,
        identityPolicies: [PolicyDocument] = [],
        boundary: PolicyDocument? = nil,
        sessionPolicies: [PolicyDocument]? = nil,
        session: SessionAttributes = SessionAttributes(issuedAt: 1_700_000_000)
    ) -> Caller {
        Caller(
            type: .assumedRole,
            arn: "arn:aws:sts::\(account):assumed-role/Deployer/ci",
            account: account,
            uniqueID: "AROADEPLOYER00000001:ci",
            issuerARN: "arn:aws:iam::\(account):role/team/Deployer",
            issuerID: "AROADEPLOYER00000001",
            session: session,
            identityPolicies: identityPolicies,
            boundary: boundary,
            sessionPolicies: sessionPolicies
        )
    }

    static func federatedUser(
        identityPolicies: [PolicyDocument] = [],
        sessionPolicies: [PolicyDocument]? = []
    ) -> Caller {
        Caller(
            type: .federatedUser,
            arn: federated,
            account: account,
            uniqueID: "\(account):bob",
            issuerARN: alice,
            issuerID: "AIDAALICE00000000001",
            session: SessionAttributes(issuedAt: 1_700_000_000),
            identityPolicies: identityPolicies,
            sessionPolicies: sessionPolicies
        )
    }

    static func request(
        _ caller: Caller,
        _ action: String = "kms:Decrypt",
        on resource: String = key,
        policy: PolicyDocument?,
        delegation: AuthorizationRequest.Delegation = .required,
        allowsCrossAccount: Bool = true,
        grants: [Grant] = [],
        context: DictionaryContext = DictionaryContext()
    ) -> AuthorizationRequest {
        AuthorizationRequest(
            caller: caller,
            action: action,
            resource: resource,
            resourceAccount: account,
            resourcePolicy: policy,
            delegation: delegation,
            allowsCrossAccount: allowsCrossAccount,
            grants: GrantList(grants),
            context: context
        )
    }

    /// Whether a statement with this condition applies to a user, once as an Allow and once as a Deny.
    static func holds(
        _ condition: String,
        effect: Effect = .allow,
        caller: Caller = user(),
        context: DictionaryContext = DictionaryContext(),
        version: String = "2012-10-17"
    ) throws -> Bool {
        let statement = """
            {"Effect":"\(effect.rawValue)","Principal":"*","Action":"*","Resource":"*","Condition":{\(condition)}}
            """
        let explanation = Authorizer.explain(
            request(caller, policy: try policy(.resource, statement, version: version), context: context)
        )
        return try #require(explanation.statements.first).applies
    }
}

/// SplitMix64: small, seeded, the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    mutating func chance(_ percent: UInt64) -> Bool {
        next() % 100 < percent
    }
}
