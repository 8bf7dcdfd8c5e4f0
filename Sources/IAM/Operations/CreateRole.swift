package import Operations
import Storage

/// Makes a role that those whom its trust policy names can assume.
///
/// Source: IAM API Reference, CreateRole.
package enum CreateRole: IAMOperation {
    package struct Request: Sendable {
        /// Its trust policy is not checked yet.
        let role: Role
    }

    package static let name = "CreateRole"
    package static let errors = [
        "LimitExceeded", "InvalidInput", "EntityAlreadyExists", "MalformedPolicyDocument",
        "ConcurrentModification", "ServiceFailure",
    ]

    package static func references(in request: Request) -> [IAMReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        request.role.creation(action, for: call)
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Role {
        var role = call.request.role
        guard !role.path.hasPrefix(Role.serviceLinkedPath) else {
            throw .invalidInput("The path \(Role.serviceLinkedPath) is reserved for service-linked roles.")
        }
        role.trustPolicy = try await iam.checkedTrustPolicy(role.trustPolicy.text)
        var writes: [Write] = []
        if let arn = role.permissionsBoundary { writes = try await iam.bounding(arn, role) }
        try await iam.create(role, with: writes)
        return role
    }
}

extension Role {
    /// The path of roles that AWS's services make for themselves; there are none here.
    static let serviceLinkedPath = "/aws-service-role/"
}

// MARK: Wire

extension CreateRole {
    package static let input: [Member] = [
        .optional("Path", .path),
        .required("RoleName", .roleName),
        .required("AssumeRolePolicyDocument", .policyDocument),
        .optional("Description", .roleDescription),
        .optional("MaxSessionDuration", .maxSessionDuration),
        .optional("PermissionsBoundary", .arn),
        .optional("Tags", .tags),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        var role = Role(
            account: try call.account(),
            name: try input.newName("RoleName"),
            path: input.path,
            trustPolicy: TrustPolicy(
                text: input.requiredString("AssumeRolePolicyDocument"),
                principalIDs: [:]
            ),
            description: input.string("Description"),
            maxSessionSeconds: input.integer("MaxSessionDuration") ?? Role.sessionSecondsDefault,
            createdAt: call.now
        )
        role.permissionsBoundary = try input.policyARN("PermissionsBoundary")
        role.tags = try input.tags()
        return Request(role: role)
    }

    package static func encode(_ response: Role, into output: inout OutputWriter) {
        output.object("Role") { $0.role(response) }
    }
}
