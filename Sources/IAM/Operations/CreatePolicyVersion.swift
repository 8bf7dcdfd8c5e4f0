package import Operations

/// Gives a managed policy a further text, and puts it in force when asked to.
///
/// Source: IAM API Reference, CreatePolicyVersion.
package enum CreatePolicyVersion: EntityOperation {
    package typealias Subject = ManagedPolicy

    package struct Request: NamingRequest {
        package let subject: IAMReference
        let text: String
        let setsDefault: Bool
    }

    package struct Response: Sendable {
        let policy: ManagedPolicy
        let version: ManagedPolicy.Version
    }

    package static let name = "CreatePolicyVersion"
    package static let errors = [
        "NoSuchEntity", "MalformedPolicyDocument", "InvalidInput", "LimitExceeded", "ServiceFailure",
    ]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Response {
        let request = call.request
        try IAMService.check(managedPolicy: request.text)
        let kept = try call.changeable()
        let version = ManagedPolicy.Version(
            number: kept.value.lastNumber + 1,
            text: request.text,
            createdAt: call.call.now
        )
        let policy = try await iam.change(kept) { policy throws(IAMError) in
            guard policy.versions.count < ManagedPolicy.versionsMax else {
                throw .limitExceeded(
                    "A managed policy can have up to \(ManagedPolicy.versionsMax) versions. Before you create a "
                        + "new version, you must delete an existing version."
                )
            }
            policy.versions.append(version)
            policy.lastNumber = version.number
            policy.updatedAt = version.createdAt
            if request.setsDefault { policy.defaultNumber = version.number }
        }
        return Response(policy: policy, version: version)
    }
}

// MARK: Wire

extension CreatePolicyVersion {
    package static let input: [Member] = [
        .required("PolicyArn", .arn),
        .required("PolicyDocument", .policyDocument),
        .optional("SetAsDefault", .boolean),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            subject: try ManagedPolicy.reference(in: input, for: call),
            text: input.requiredString("PolicyDocument"),
            setsDefault: input.flag("SetAsDefault")
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.object("PolicyVersion") { output in
            output.policyVersion(response.version, of: response.policy, showsText: false)
        }
    }
}
