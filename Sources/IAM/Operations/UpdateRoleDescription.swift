package import Operations

/// Changes the description of a role; UpdateRole does the same and more.
///
/// Source: IAM API Reference, UpdateRoleDescription.
package enum UpdateRoleDescription: EntityOperation {
    package typealias Subject = Role

    package struct Request: NamingRequest {
        package let subject: IAMReference
        let description: String
    }

    package static let name = "UpdateRoleDescription"
    package static let errors = ["NoSuchEntity", "UnmodifiableEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Role {
        try await iam.change(try call.entity()) { $0.description = call.request.description }
    }
}

// MARK: Wire

extension UpdateRoleDescription {
    package static let input: [Member] = [
        .required("RoleName", .roleName), .required("Description", .roleDescription),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            subject: try Role.reference(in: input, for: call),
            description: input.requiredString("Description")
        )
    }

    package static func encode(_ response: Role, into output: inout OutputWriter) {
        output.object("Role") { $0.role(response) }
    }
}
