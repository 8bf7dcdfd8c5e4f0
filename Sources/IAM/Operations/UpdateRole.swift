package import Operations

/// Changes the description of a role, or how long its sessions may last.
///
/// What the request leaves out stays. Source: IAM API Reference, UpdateRole.
package enum UpdateRole: EntityOperation {
    package typealias Subject = Role

    package struct Request: NamingRequest {
        package let subject: IAMReference
        let description: String?
        let maxSessionSeconds: Int?
    }

    package static let name = "UpdateRole"
    package static let errors = ["UnmodifiableEntity", "NoSuchEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> EmptyOutput {
        let request = call.request
        try await iam.change(try call.entity()) { role in
            role.description = request.description ?? role.description
            role.maxSessionSeconds = request.maxSessionSeconds ?? role.maxSessionSeconds
        }
        return EmptyOutput()
    }
}

// MARK: Wire

extension UpdateRole {
    package static let input: [Member] = [
        .required("RoleName", .roleName),
        .optional("Description", .roleDescription),
        .optional("MaxSessionDuration", .maxSessionDuration),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            subject: try Role.reference(in: input, for: call),
            description: input.string("Description"),
            maxSessionSeconds: input.integer("MaxSessionDuration")
        )
    }

    package static func encode(_ response: EmptyOutput, into output: inout OutputWriter) {}
}
