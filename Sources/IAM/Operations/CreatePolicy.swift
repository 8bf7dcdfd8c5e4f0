import AWSProtocol
package import Operations
import Storage

/// Makes a managed policy, whose first version is in force.
///
/// Source: IAM API Reference, CreatePolicy.
package enum CreatePolicy: IAMOperation {
    package struct Request: Sendable {
        let policy: ManagedPolicy
        let locator: EntityLocator
    }

    package static let name = "CreatePolicy"
    package static let errors = [
        "InvalidInput", "LimitExceeded", "EntityAlreadyExists", "MalformedPolicyDocument",
        "ConcurrentModification", "ServiceFailure",
    ]

    package static func references(in request: Request) -> [IAMReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        let tags = request.policy.tags
        let conditions = RequestConditions(requestTags: tags.isEmpty ? nil : tags)
        let resource = request.policy.arn.protected(for: call)
        return [Requirement(action, on: resource, conditions: conditions)]
            + (tags.isEmpty ? [] : [Requirement("iam:TagPolicy", on: resource, conditions: conditions)])
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> ManagedPolicy {
        let policy = call.request.policy
        try IAMService.check(managedPolicy: policy.versions[0].text)
        let key = policy.arn.recordKey
        guard try await iam.directory.read(ManagedPolicy.self, key) == nil else {
            throw .entityExists(call.request.locator)
        }
        try await iam.commit([try iam.put(policy, key, expecting: .absent)])
        return policy
    }
}

// MARK: Wire

extension CreatePolicy {
    package static let input: [Member] = [
        .required("PolicyName", .policyName),
        .optional("Path", .policyPath),
        .required("PolicyDocument", .policyDocument),
        .optional("Description", .policyDescription),
        .optional("Tags", .tags),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        let account = try call.account()
        let name: PolicyName = try input.newName("PolicyName")
        let policy = ManagedPolicy(
            arn: PolicyARN(account: account, path: input.path, name: name),
            id: .random(.policy),
            description: input.string("Description"),
            text: input.requiredString("PolicyDocument"),
            tags: try input.tags(),
            createdAt: call.now
        )
        return Request(policy: policy, locator: EntityLocator(.policy, account, name.description))
    }

    package static func encode(_ response: ManagedPolicy, into output: inout OutputWriter) {
        output.object("Policy") { $0.managedPolicy(response, PolicyUsage()) }
    }
}
