import AWSProtocol
package import Authorization
package import Operations

/// An operation of IAM.
package protocol IAMOperation: DurableOperation where Service == IAMService {}

extension IAMOperation {
    package static var action: String { "iam:\(name)" }
    package static var isReadOnly: Bool { name.hasPrefix("Get") || name.hasPrefix("List") }
}

/// What an operation on one record is asked with, at least.
package protocol NamingRequest: Sendable {
    var subject: IAMReference { get }
}

/// An operation on one thing, or on the caller, that is permitted on it and needs nothing else.
package protocol SubjectOperation: IAMOperation where Request: NamingRequest {
    /// The operation's own condition keys.
    static func conditions(of request: Request) -> RequestConditions
}

/// A subject operation on a record of one type.
package protocol EntityOperation: SubjectOperation {
    associatedtype Subject: NamedRecord
}

/// The request of an operation that is asked with the name alone.
package struct SubjectRequest: NamingRequest {
    package let subject: IAMReference
}

extension EntityOperation where Request == SubjectRequest {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectRequest {
        SubjectRequest(subject: try Subject.reference(in: input, for: call))
    }
}

extension SubjectOperation {
    package static func conditions(of request: Request) -> RequestConditions { RequestConditions() }

    package static func references(in request: Request) -> [IAMReference] { [request.subject] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action, for: call, conditions(of: request))]
    }
}

extension Authorized where Operation: EntityOperation {
    /// The record that the operation is on, as it was read.
    ///
    /// - Throws: `.validation` where the caller is meant and is not of the type, as a root user is no user.
    func entity() throws(IAMError) -> Kept<Operation.Subject> {
        guard let kept = Operation.Subject.kept(in: resource) else {
            throw .validation("Must specify userName when calling with non-User credentials")
        }
        return kept
    }
}

extension Authorized where Operation: EntityOperation {
    /// The record that the operation is to change.
    ///
    /// - Throws: `.denied` for a policy of AWS, which nobody can change.
    func changeable() throws(IAMError) -> Kept<Operation.Subject> {
        if case .policy(let kept) = resource, kept.value.arn.account == nil {
            throw .denied(
                "User: \(call.caller.arn) is not authorized to perform: \(Operation.action) on resource: "
                    + "policy \(kept.value.arn)"
            )
        }
        return try entity()
    }
}

extension IAMResource {
    /// The permission for an action on this resource.
    func requirement(
        _ action: String,
        for call: Call,
        _ request: RequestConditions = RequestConditions()
    ) -> Requirement {
        var conditions = request
        switch self {
        case .user(let kept), .userWithPasswordPolicy(let kept, _): conditions.describe(kept.value)
        case .role(let kept): conditions.describe(kept.value)
        case .accessKey(_, let user?): conditions.describe(user)
        case .group, .root, .accessKey(_, nil): break
        case .instanceProfile(let kept): conditions.resourceTags = kept.value.tags
        case .policy(let kept): conditions.resourceTags = kept.value.tags
        case .provider(let kept): conditions.resourceTags = kept.value.tags
        }
        return Requirement(action, on: protected(for: call), conditions: conditions)
    }

    private func protected(for call: Call) -> ProtectedResource {
        switch self {
        case .user(let kept), .userWithPasswordPolicy(let kept, _): kept.value.protected
        case .group(let kept): kept.value.protected
        case .role(let kept): kept.value.protected
        case .instanceProfile(let kept): kept.value.protected
        case .policy(let kept): kept.value.arn.protected(for: call)
        case .accessKey(_, let user?): user.protected
        case .accessKey(let key, nil): .any(in: key.owner.account)
        case .provider(let kept): OpenIDConnectProvider.protected(kept.value.account, kept.value.issuer)
        case .root(let account): .any(in: account)
        }
    }
}

extension Entity {
    /// The entity as authorization sees it.
    var protected: ProtectedResource {
        ProtectedResource(arn: arn, account: account, type: Self.type.resourceType)
    }
}

extension PolicyARN {
    /// The policy as authorization sees it; those of AWS belong to every account.
    func protected(for call: Call) -> ProtectedResource {
        guard let account = account ?? call.caller.account.flatMap({ AccountID($0) }) else {
            preconditionFailure("a caller of IAM belongs to an account")
        }
        return ProtectedResource(
            arn: description,
            account: account,
            type: EntityType.policy.resourceType
        )
    }
}

/// The condition keys of IAM's operations.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS IAM".
package struct RequestConditions: ServiceConditions {
    var resourceTags: [String: String] = [:]
    /// Nil where the operation takes no tags.
    var requestTags: [String: String]?
    /// Keys of tags that are to be removed.
    var tagKeys: [String]?
    /// `iam:PolicyARN`: the policy to attach or detach.
    var policy: PolicyARN?
    /// `iam:PermissionsBoundary`: the boundary to be set, else the one that is set.
    var boundary: PolicyARN?
    /// `iam:PassedToService` with `iam:PassRole`.
    var passedToService: String?

    init(
        requestTags: [String: String]? = nil,
        tagKeys: [String]? = nil,
        policy: PolicyARN? = nil,
        boundary: PolicyARN? = nil,
        passedToService: String? = nil
    ) {
        self.requestTags = requestTags
        self.tagKeys = tagKeys
        self.policy = policy
        self.boundary = boundary
        self.passedToService = passedToService
    }

    mutating func describe(_ principal: some PrincipalEntity) {
        resourceTags = principal.tags
        boundary = boundary ?? principal.permissionsBoundary
    }

    package var reportedKeys: [String] {
        ["aws:TagKeys", "iam:PassedToService", "iam:PermissionsBoundary", "iam:PolicyARN"]
            + resourceTags.keys.sorted().map { "aws:ResourceTag/\($0)" }
            + (requestTags ?? [:]).keys.sorted().map { "aws:RequestTag/\($0)" }
    }

    package func values(for key: ConditionKey) -> ConditionValues? {
        switch key.global {
        case .resourceTag: return tag(key, in: resourceTags)
        case .requestTag: return requestTags.flatMap { tag(key, in: $0) }
        case .tagKeys:
            return (tagKeys ?? requestTags.map { $0.keys.sorted() }).map(ConditionValues.multiple)
        default: break
        }
        return switch key.name {
        case "iam:policyarn": policy.map { .single($0.description) }
        case "iam:permissionsboundary": boundary.map { .single($0.description) }
        case "iam:passedtoservice": passedToService.map { .single($0) }
        case "iam:resourcetag":
            key.suffix.flatMap { suffix in
                resourceTags.first { $0.key.lowercased() == suffix.lowercased() }
            }.map { .single($0.value) }
        default: nil
        }
    }

    private func tag(_ key: ConditionKey, in tags: [String: String]) -> ConditionValues? {
        tags.first { key.names(tag: $0.key) }.map { .single($0.value) }
    }
}
