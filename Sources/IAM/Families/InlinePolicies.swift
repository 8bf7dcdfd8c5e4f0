package import Operations

/// An operation that gives an entity an inline policy, or replaces it.
package protocol InlinePolicyPutting: EntityOperation
where Subject: PolicyHolder, Request == InlinePolicyText, Response == NoOutput {}

/// An operation that shows an inline policy.
package protocol InlinePolicyGetting: EntityOperation
where Subject: PolicyHolder, Request == InlinePolicyName, Response == InlinePolicy {}

/// An operation that takes an inline policy from an entity.
package protocol InlinePolicyDeleting: EntityOperation
where Subject: PolicyHolder, Request == InlinePolicyName, Response == NoOutput {}

/// An operation that lists the names of an entity's inline policies.
package protocol InlinePolicyListing: EntityOperation
where Subject: PolicyHolder, Request == SubjectPageRequest, Response == Page<String> {}

package struct InlinePolicyText: NamingRequest {
    package let subject: IAMReference
    let name: String
    let text: String
}

package struct InlinePolicyName: NamingRequest {
    package let subject: IAMReference
    let name: String
}

package struct InlinePolicy: Hashable, Sendable {
    /// The name of the entity.
    let holder: String
    let name: String
    let text: String
}

extension InlinePolicyPutting {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> InlinePolicyText {
        InlinePolicyText(
            subject: try Subject.reference(in: input, for: call),
            name: input.requiredString("PolicyName"),
            text: input.requiredString("PolicyDocument")
        )
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let request = call.request
        try IAMService.check(identityPolicy: request.text)
        try await iam.change(try call.changeable()) { holder throws(IAMError) in
            holder.inlinePolicies[request.name] = request.text
            try IAMService.checkSize(of: holder)
        }
        return NoOutput()
    }
}

extension InlinePolicyGetting {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> InlinePolicyName {
        InlinePolicyName(
            subject: try Subject.reference(in: input, for: call),
            name: input.requiredString("PolicyName")
        )
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> InlinePolicy {
        let holder = try call.entity().value
        let name = call.request.name
        guard let text = holder.inlinePolicies[name] else { throw .noSuchInlinePolicy(name, Subject.type) }
        return InlinePolicy(holder: holder.nameText, name: name, text: text)
    }

    package static func encode(_ response: InlinePolicy, into output: inout OutputWriter) {
        output.string(Subject.nameMember, response.holder)
        output.string("PolicyName", response.name)
        output.policyDocument("PolicyDocument", response.text)
    }
}

extension InlinePolicyDeleting {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> InlinePolicyName {
        InlinePolicyName(
            subject: try Subject.reference(in: input, for: call),
            name: input.requiredString("PolicyName")
        )
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let name = call.request.name
        try await iam.change(try call.changeable()) { holder throws(IAMError) in
            guard holder.inlinePolicies.removeValue(forKey: name) != nil else {
                throw .noSuchInlinePolicy(name, Subject.type)
            }
        }
        return NoOutput()
    }
}

extension InlinePolicyListing {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectPageRequest {
        SubjectPageRequest(subject: try Subject.reference(in: input, for: call), page: PageInput(input))
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<String> {
        let names = Array(try call.entity().value.inlinePolicies.keys)
        return try iam.page(ofAll: names, call.request.page, of: name, for: call.call) { $0 }
    }

    package static func encode(_ response: Page<String>, into output: inout OutputWriter) {
        output.strings("PolicyNames", response.elements)
        output.pageEnd(response.marker)
    }
}

extension IAMError {
    /// An inline policy that is not there, in AWS's words.
    static func noSuchInlinePolicy(_ name: String, _ type: EntityType) -> IAMError {
        .noSuchPart("The \(type.rawValue) policy with name \(name) cannot be found.")
    }
}
