package import Operations

/// Lists the versions of a managed policy without their texts, newest first.
///
/// Source: IAM API Reference, ListPolicyVersions.
package enum ListPolicyVersions: EntityOperation {
    package typealias Subject = ManagedPolicy
    package typealias Request = SubjectPageRequest

    package struct Response: Sendable {
        let policy: ManagedPolicy
        let versions: Page<ManagedPolicy.Version>
    }

    package static let name = "ListPolicyVersions"
    package static let errors = ["NoSuchEntity", "InvalidInput", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Response {
        let policy = try call.entity().value
        let versions = try iam.page(
            ofAll: policy.versions,
            call.request.page,
            of: name,
            for: call.call
        ) { position(of: $0) }
        return Response(policy: policy, versions: versions)
    }

    /// Text that is the smaller the newer a version is.
    private static func position(of version: ManagedPolicy.Version) -> String {
        String(Int64.max - Int64(version.number))
    }
}

// MARK: Wire

extension ListPolicyVersions {
    package static let input: [Member] = [.required("PolicyArn", .arn)] + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectPageRequest {
        SubjectPageRequest(
            subject: try ManagedPolicy.reference(in: input, for: call),
            page: PageInput(input)
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.objects("Versions", response.versions.elements) { output, version in
            output.policyVersion(version, of: response.policy, showsText: false)
        }
        output.pageEnd(response.versions.marker)
    }
}
