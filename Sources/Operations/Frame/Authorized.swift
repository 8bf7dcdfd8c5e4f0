import AWSProtocol
package import Authorization

/// A request that has been found permitted, with the snapshots the decision was made on.
///
/// Only the frame can make one, so an operation that skips the check does not compile.
package struct Authorized<Operation: ServiceOperation>: Sendable {
    package let request: Operation.Request
    package let resources: [Operation.Service.Resource]
    package let call: Call
    /// Why each requirement was found met, in their order.
    package let decisions: [Decision]

    init(
        request: Operation.Request,
        resources: [Operation.Service.Resource],
        call: Call,
        decisions: [Decision]
    ) {
        self.request = request
        self.resources = resources
        self.call = call
        self.decisions = decisions
    }

    /// The only resource of an operation that has exactly one.
    package var resource: Operation.Service.Resource {
        precondition(resources.count == 1, "\(Operation.name) has \(resources.count) resources")
        return resources[0]
    }
}

/// Holds requirements against policies and grants.
enum Authorizing {
    /// The decisions that allow each of the requirements.
    ///
    /// - Throws: the first refusal, as the error the caller gets.
    static func decisions(
        on requirements: [Requirement],
        for call: Call
    ) throws(WireError) -> [Decision] {
        var decisions: [Decision] = []
        decisions.reserveCapacity(requirements.count)
        for requirement in requirements {
            let decision = decide(requirement, for: call)
            guard decision.isAllowed else {
                let message = decision.accessDeniedMessage(
                    caller: call.caller,
                    action: requirement.action,
                    resource: requirement.resource.arn
                )
                throw .accessDenied(requirement.concealingDenial ?? message)
            }
            decisions.append(decision)
        }
        return decisions
    }

    static func decide(_ requirement: Requirement, for call: Call) -> Decision {
        Authorizer.decide(request(requirement, for: call))
    }

    static func request(_ requirement: Requirement, for call: Call) -> AuthorizationRequest {
        let resource = requirement.resource
        return AuthorizationRequest(
            caller: call.caller,
            action: requirement.action,
            resource: resource.arn,
            resourceAccount: resource.account.description,
            resourcePolicy: resource.policy,
            delegation: resource.delegation,
            allowsCrossAccount: requirement.allowsOtherAccounts,
            grants: resource.grants,
            context: CallConditions(call: call, service: requirement.conditions)
        )
    }
}
