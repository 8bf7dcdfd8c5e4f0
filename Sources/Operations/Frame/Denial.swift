package import Authorization

/// A request that was refused because a permission was missing, for the operator's log.
package struct Denial: Sendable {
    package let call: Call
    package let requirement: Requirement

    /// Why the permission is missing: every policy, statement and grant that was looked at, which costs time to tell.
    package func explanation() -> Explanation {
        Authorizer.explain(Authorizing.request(requirement, for: call))
    }

    /// What the request has of the condition keys that every request may have, of those of its service unless they
    /// are left out, and of further ones; each key once.
    package func context(
        withKeysOfService: Bool,
        and further: [String]
    ) -> [(key: String, values: [String])] {
        let names =
            Self.commonKeys + call.caller.tags.keys.sorted().map { "aws:PrincipalTag/\($0)" }
            + (withKeysOfService ? requirement.conditions.reportedKeys : []) + further
        var seen: Set<ConditionKey> = []
        let keys = names.map { ConditionKey($0) }.filter { seen.insert($0).inserted }
        return Authorizer.values(of: keys, in: Authorizing.request(requirement, for: call))
            .map { (key: $0.key.written, values: $0.values) }
    }

    private static let commonKeys = [
        "aws:CalledVia", "aws:CurrentTime", "aws:FederatedProvider", "aws:MultiFactorAuthPresent",
        "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalType", "aws:RequestedRegion",
        "aws:ResourceAccount", "aws:SecureTransport", "aws:SourceIdentity", "aws:SourceIp",
        "aws:TokenIssueTime", "aws:UserAgent", "aws:userid", "aws:username", "aws:ViaAWSService",
    ]
}

extension Attempt {
    /// The first permission that was not given; nil when the request failed for another reason.
    var denial: Denial? {
        guard isDenied, let requirement = requirements.first(where: { !$0.isMet(by: call) }) else {
            return nil
        }
        return Denial(call: call, requirement: requirement)
    }
}
