import AWSProtocol
package import Operations

/// Lists the access keys of a user, or of who asks, without their secrets.
///
/// Source: IAM API Reference, ListAccessKeys.
package enum ListAccessKeys: SubjectOperation {
    package typealias Request = SubjectPageRequest

    package static let name = "ListAccessKeys"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<AccessKey> {
        let keys = try await iam.accessKeys(of: call.resource.keyOwner).map(\.value)
        return try iam.page(ofAll: keys, call.request.page, of: name, for: call.call) { $0.id.description }
    }
}

// MARK: Wire

extension ListAccessKeys {
    package static let input: [Member] = [.optional("UserName", .existingUserName)] + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectPageRequest {
        SubjectPageRequest(subject: try input.userOrCaller(for: call), page: PageInput(input))
    }

    package static func encode(_ response: Page<AccessKey>, into output: inout OutputWriter) {
        output.objects("AccessKeyMetadata", response.elements) { output, key in
            output.string("UserName", key.owner.userName?.description)
            output.string("AccessKeyId", key.id.description)
            output.string("Status", key.status.rawValue)
            output.timestamp("CreateDate", key.createdAt)
        }
        output.pageEnd(response.marker)
    }
}
