import AWSProtocol
package import Operations

/// An operation on the policies of a user, group or role that the member `PolicySourceArn` names.
package protocol PolicySourceOperation: IAMOperation {
    static func source(of request: Request) -> PolicySource
}

/// A user, group or role by its ARN.
package struct PolicySource: Hashable, Sendable {
    let arn: String
    let locator: EntityLocator

    /// - Throws: `.invalidInput` for an ARN of anything else.
    init(_ input: Input) throws(IAMError) {
        arn = input.requiredString("PolicySourceArn")
        guard let locator = EntityLocator(arn: arn) else {
            throw .invalidInput("Invalid Entity Arn: \(arn) does not clearly define entity type and name.")
        }
        self.locator = locator
    }
}

extension PolicySourceOperation {
    package static func references(in request: Request) -> [IAMReference] {
        [.entity(source(of: request).locator)]
    }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action, for: call)]
    }
}

extension Authorized where Operation: PolicySourceOperation {
    /// The entity, if its ARN is the one that was given, path and all.
    func policySource() throws(IAMError) -> IAMResource {
        let source = Operation.source(of: request)
        let arn: String? =
            switch resource {
            case .user(let kept): kept.value.arn
            case .group(let kept): kept.value.arn
            case .role(let kept): kept.value.arn
            case .instanceProfile, .policy, .accessKey, .provider, .userWithPasswordPolicy, .root: nil
            }
        guard arn == source.arn else { throw .noSuchEntity(source.locator) }
        return resource
    }
}
