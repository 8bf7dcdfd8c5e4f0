import AWSProtocol
package import Operations
import Storage

/// Takes the role out of an instance profile.
///
/// Source: IAM API Reference, RemoveRoleFromInstanceProfile.
package enum RemoveRoleFromInstanceProfile: EntityOperation {
    package typealias Subject = InstanceProfile

    package struct Request: NamingRequest {
        package let subject: IAMReference
        let role: EntityLocator
    }

    package static let name = "RemoveRoleFromInstanceProfile"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "UnmodifiableEntity", "ServiceFailure"]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let profile = try call.entity()
        let role = try await iam.entity(call.request.role, as: Role.self)
        guard profile.value.role?.folded == role.value.name.folded else {
            throw .noSuchEntity(call.request.role)
        }
        var released = role.value
        released.instanceProfiles.removeAll { $0.folded == profile.value.name.folded }
        let write = try iam.put(released, released.recordKey, expecting: .version(role.version))
        try await iam.change(profile, with: [write]) { $0.role = nil }
        return NoOutput()
    }
}

// MARK: Wire

extension RemoveRoleFromInstanceProfile {
    package static let input: [Member] = [
        .required("InstanceProfileName", .instanceProfileName), .required("RoleName", .roleName),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            subject: try InstanceProfile.reference(in: input, for: call),
            role: EntityLocator(.role, try call.account(), input.requiredString("RoleName"))
        )
    }
}
