package import Operations

/// Makes an instance profile without a role.
///
/// Source: IAM API Reference, CreateInstanceProfile.
package enum CreateInstanceProfile: IAMOperation {
    package struct Request: Sendable {
        let profile: InstanceProfile
    }

    package static let name = "CreateInstanceProfile"
    package static let errors = [
        "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "ConcurrentModification", "ServiceFailure",
    ]

    package static func references(in request: Request) -> [IAMReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        request.profile.creation(action, for: call)
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> InstanceProfile {
        try await iam.create(call.request.profile)
        return call.request.profile
    }
}

// MARK: Wire

extension CreateInstanceProfile {
    package static let input: [Member] = [
        .required("InstanceProfileName", .instanceProfileName),
        .optional("Path", .path),
        .optional("Tags", .tags),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        var profile = InstanceProfile(
            account: try call.account(),
            name: try input.newName("InstanceProfileName"),
            path: input.path,
            createdAt: call.now
        )
        profile.tags = try input.tags()
        return Request(profile: profile)
    }

    package static func encode(_ response: InstanceProfile, into output: inout OutputWriter) {
        output.object("InstanceProfile") { $0.instanceProfile(response, role: nil) }
    }
}
