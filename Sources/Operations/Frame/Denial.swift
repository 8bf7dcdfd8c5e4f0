package import Authorization

/// A request that was refused because a permission was missing, for the operator's log.
package struct Denial: Sendable {
    package let call: Call
    package let requirement: Requirement

    /// Why the permission is missing: every policy, statement and grant that was looked at, which costs time to tell.
    package func explanation() -> Explanation {
        Authorizer.explain(Authorizing.request(requirement, for: call))
    }
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
