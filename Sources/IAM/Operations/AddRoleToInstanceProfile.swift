package import Operations
import Storage

/// Puts a role into an instance profile that has none.
///
/// It passes the role on to machines, so it needs `iam:PassRole` too. Source: IAM API Reference,
/// AddRoleToInstanceProfile.
package enum AddRoleToInstanceProfile: IAMOperation {
    package struct Request: Sendable {
        let profile: IAMReference
        let role: IAMReference
    }

    package static let name = "AddRoleToInstanceProfile"
    package static let errors = [
        "NoSuchEntity", "EntityAlreadyExists", "LimitExceeded", "UnmodifiableEntity", "ServiceFailure",
    ]

    package static func references(in request: Request) -> [IAMReference] { [request.profile, request.role] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        [
            resources[0].requirement(action, for: call),
            resources[1].requirement(
                "iam:PassRole",
                for: call,
                RequestConditions(passedToService: "ec2.amazonaws.com")
            ),
        ]
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        guard let profile = InstanceProfile.kept(in: call.resources[0]),
            let role = Role.kept(in: call.resources[1])
        else { preconditionFailure("the request names an instance profile and a role") }
        guard profile.value.role == nil else {
            throw .limitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
        }
        var holding = role.value
        holding.instanceProfiles.append(profile.value.name)
        let write = try iam.put(holding, holding.recordKey, expecting: .version(role.version))
        try await iam.change(profile, with: [write]) { $0.role = role.value.name }
        return NoOutput()
    }
}

// MARK: Wire

extension AddRoleToInstanceProfile {
    package static let input: [Member] = [
        .required("InstanceProfileName", .instanceProfileName), .required("RoleName", .roleName),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            profile: try InstanceProfile.reference(in: input, for: call),
            role: try Role.reference(in: input, for: call)
        )
    }
}
