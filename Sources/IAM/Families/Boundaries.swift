package import Operations
import Storage

/// An operation that sets the boundary of a user or role.
package protocol BoundaryPutting: EntityOperation
where Subject: PrincipalEntity, Request == BoundaryRequest, Response == NoOutput {}

/// An operation that takes the boundary from a user or role.
package protocol BoundaryDeleting: EntityOperation
where Subject: PrincipalEntity, Request == SubjectRequest, Response == NoOutput {}

package struct BoundaryRequest: NamingRequest {
    package let subject: IAMReference
    let boundary: PolicyARN
}

extension BoundaryPutting {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> BoundaryRequest {
        BoundaryRequest(
            subject: try Subject.reference(in: input, for: call),
            boundary: try input.requiredPolicyARN("PermissionsBoundary")
        )
    }

    package static func conditions(of request: BoundaryRequest) -> RequestConditions {
        RequestConditions(boundary: request.boundary)
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let principal = try call.changeable()
        let arn = call.request.boundary
        if principal.value.permissionsBoundary == arn { return NoOutput() }
        var writes = try await iam.bounding(arn, principal.value)
        if let old = principal.value.permissionsBoundary {
            writes += try await iam.disusing(old, as: .boundary, by: principal.value)
        }
        try await iam.change(principal, with: writes) { $0.permissionsBoundary = arn }
        return NoOutput()
    }
}

extension BoundaryDeleting {
    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let principal = try call.changeable()
        guard let old = principal.value.permissionsBoundary else { return NoOutput() }
        let writes = try await iam.disusing(old, as: .boundary, by: principal.value)
        try await iam.change(principal, with: writes) { $0.permissionsBoundary = nil }
        return NoOutput()
    }
}
