import Testing

@testable import Authorization

@Suite("Caller condition keys")
struct CallerKeyTests {
    private func value(_ key: ConditionKey, _ caller: Caller, now: Int64 = 1_700_000_100) -> ConditionValues?
    {
        // The request claims every key for itself; only what does not describe callers may come through.
        let forged = DictionaryContext([key: .single("forged")], epochSeconds: now)
        return Evaluation(Scenario.request(caller, policy: nil, context: forged)).values(for: key)
    }

    @Test(
        arguments: [
            (
                "aws:PrincipalArn", .single("arn:aws:iam::111122223333:root"), .single(Scenario.alice),
                .single(Scenario.role)
            ),
            (
                "aws:PrincipalAccount", .single("111122223333"), .single("111122223333"),
                .single("111122223333")
            ),
            ("aws:PrincipalType", .single("Account"), .single("User"), .single("AssumedRole")),
            (
                "aws:userid", .single("111122223333"), .single("AIDAALICE00000000001"),
                .single("AROADEPLOYER00000001:ci")
            ),
            ("aws:username", nil, .single("alice"), nil),
            ("aws:TokenIssueTime", nil, nil, .single("2023-11-14T22:13:20Z")),
            ("aws:MultiFactorAuthPresent", nil, nil, .single("false")),
            ("aws:MultiFactorAuthAge", nil, nil, nil),
            ("aws:PrincipalIsAWSService", .single("false"), .single("false"), .single("false")),
            ("aws:ViaAWSService", .single("false"), .single("false"), .single("false")),
            ("aws:CalledVia", nil, nil, nil),
            ("aws:SourceIdentity", nil, nil, nil),
            ("aws:FederatedProvider", nil, nil, nil),
            ("aws:PrincipalOrgID", nil, nil, nil),
            ("aws:PrincipalTag/team", nil, nil, nil),
            ("aws:PrincipalServiceName", nil, nil, nil),
        ] as [(ConditionKey, ConditionValues?, ConditionValues?, ConditionValues?)]
    )
    func `are answered by the caller, never by the request`(
        key: ConditionKey,
        root: ConditionValues?,
        user: ConditionValues?,
        session: ConditionValues?
    ) {
        #expect(value(key, .root(account: Scenario.account)) == root)
        #expect(value(key, Scenario.user()) == user)
        #expect(value(key, Scenario.session()) == session)
    }

    @Test func `know the time and the resource's account`() {
        #expect(value("aws:CurrentTime", .anonymous) == .single("2023-11-14T22:15:00Z"))
        #expect(value("aws:EpochTime", .anonymous) == .single("1700000100"))
        #expect(value("aws:ResourceAccount", .anonymous) == .single(Scenario.account))
        #expect(value("aws:SourceIp", .anonymous) == .single("forged"))
    }

    @Test func `tell multi-factor sessions from others`() {
        let session = Scenario.session(
            session: SessionAttributes(
                issuedAt: 1_700_000_000,
                multiFactorAt: 1_699_999_900,
                sourceIdentity: "eve"
            )
        )
        #expect(value("aws:MultiFactorAuthPresent", session) == .single("true"))
        #expect(value("aws:MultiFactorAuthAge", session) == .single("200"))
        #expect(value("aws:SourceIdentity", session) == .single("eve"))
    }

    @Test func `name the services that call for a caller`() {
        let caller = Scenario.user().calling(via: "cloudformation.amazonaws.com").calling(
            via: "s3.amazonaws.com"
        )
        #expect(caller.viaService == "s3.amazonaws.com")
        #expect(value("aws:ViaAWSService", caller) == .single("true"))
        #expect(value("aws:CalledViaFirst", caller) == .single("cloudformation.amazonaws.com"))
        #expect(value("aws:CalledViaLast", caller) == .single("s3.amazonaws.com"))
        #expect(value("aws:CalledVia", caller)?.all == ["cloudformation.amazonaws.com", "s3.amazonaws.com"])
        #expect(caller.arn == Scenario.alice)
    }

    @Test func `describe services and token bearers`() {
        let service = Caller.service("logs.amazonaws.com")
        #expect(value("aws:PrincipalIsAWSService", service) == .single("true"))
        #expect(value("aws:PrincipalServiceName", service) == .single("logs.amazonaws.com"))
        #expect(value("aws:PrincipalArn", service) == nil)
        #expect(value("aws:userid", service) == nil)
        let bearer = Caller.webIdentity(
            provider: "accounts.google.com",
            keys: ["accounts.google.com:sub": .single("42")]
        )
        #expect(value("accounts.google.com:sub", bearer) == .single("42"))
        #expect(value("aws:FederatedProvider", bearer) == .single("accounts.google.com"))
    }

    @Test func `find tags without case, the exact one first`() {
        let caller = Scenario.user(tags: ["Team": "red", "team": "blue", "Cost": "7"])
        #expect(value("aws:PrincipalTag/Team", caller) == .single("red"))
        #expect(value("aws:PrincipalTag/cost", caller) == .single("7"))
        #expect(value("aws:PrincipalTag/TEAM", caller) == .multiple(["blue", "red"]))
        #expect(value("aws:PrincipalTag/none", caller) == nil)
    }
}
