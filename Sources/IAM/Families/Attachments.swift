package import Operations
import Storage

/// An operation that attaches a managed policy to an entity.
package protocol PolicyAttaching: EntityOperation
where Subject: PolicyHolder, Request == AttachmentRequest, Response == NoOutput {}

/// An operation that detaches a managed policy from an entity.
package protocol PolicyDetaching: EntityOperation
where Subject: PolicyHolder, Request == AttachmentRequest, Response == NoOutput {}

/// An operation that lists the managed policies attached to an entity.
package protocol AttachedPolicyListing: EntityOperation
where Subject: PolicyHolder, Request == AttachedPolicyListRequest, Response == Page<PolicyARN> {}

package struct AttachmentRequest: NamingRequest {
    package let subject: IAMReference
    let policy: PolicyARN

    init<Subject: NamedRecord>(
        _ type: Subject.Type,
        _ input: Input,
        for call: Call
    ) throws(IAMError) {
        subject = try type.reference(in: input, for: call)
        policy = try input.requiredPolicyARN("PolicyArn")
    }
}

package struct AttachedPolicyListRequest: NamingRequest {
    package let subject: IAMReference
    let pathPrefix: String
    let page: PageInput
}

/// Managed policies an entity may have attached (IAM User Guide, "IAM and AWS STS quotas").
private let attachmentsMax = 10

extension PolicyAttaching {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> AttachmentRequest {
        try AttachmentRequest(Subject.self, input, for: call)
    }

    package static func conditions(of request: AttachmentRequest) -> RequestConditions {
        RequestConditions(policy: request.policy)
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let holder = try call.changeable()
        let arn = call.request.policy
        guard let policy = try await iam.attachable(arn, in: holder.value.account) else {
            throw .notAttachable(arn.description)
        }
        if holder.value.attachedPolicies.contains(arn) { return NoOutput() }
        guard holder.value.attachedPolicies.count < attachmentsMax else {
            let noun = Subject.nameMember.dropLast("Name".count)
            throw .limitExceeded("Cannot exceed quota for PoliciesPer\(noun): \(attachmentsMax)")
        }
        let writes = try await iam.using(policy, as: .attachment, by: holder.value)
        try await iam.change(holder, with: writes) { $0.attachedPolicies.append(arn) }
        return NoOutput()
    }
}

extension PolicyDetaching {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> AttachmentRequest {
        try AttachmentRequest(Subject.self, input, for: call)
    }

    package static func conditions(of request: AttachmentRequest) -> RequestConditions {
        RequestConditions(policy: request.policy)
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let holder = try call.changeable()
        let arn = call.request.policy
        guard holder.value.attachedPolicies.contains(arn) else {
            throw .notAttached("Policy \(arn) was not found.")
        }
        let writes = try await iam.disusing(arn, as: .attachment, by: holder.value)
        try await iam.change(holder, with: writes) { $0.attachedPolicies.removeAll { $0 == arn } }
        return NoOutput()
    }
}

extension AttachedPolicyListing {
    package static func request(
        from input: Input,
        for call: Call
    ) throws(IAMError) -> AttachedPolicyListRequest {
        AttachedPolicyListRequest(
            subject: try Subject.reference(in: input, for: call),
            pathPrefix: input.string("PathPrefix") ?? "/",
            page: PageInput(input)
        )
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<PolicyARN> {
        let prefix = call.request.pathPrefix
        let policies = try call.entity().value.attachedPolicies.filter { $0.path.hasPrefix(prefix) }
        return try iam.page(ofAll: policies, call.request.page, of: name, for: call.call) {
            "\($0.name.folded)/\($0.indexText)"
        }
    }

    package static func encode(_ response: Page<PolicyARN>, into output: inout OutputWriter) {
        output.objects("AttachedPolicies", response.elements) { output, arn in
            output.string("PolicyName", arn.name.description)
            output.string("PolicyArn", arn.description)
        }
        output.pageEnd(response.marker)
    }
}
