import AWSProtocol
package import Operations

/// Tells when and for what an access key of the account was last used.
///
/// Source: IAM API Reference, GetAccessKeyLastUsed.
package enum GetAccessKeyLastUsed: SubjectOperation {
    package typealias Request = SubjectRequest

    package struct Response: Sendable {
        /// Nil for the root user's keys.
        let user: UserName?
        let use: AccessKeyUse?
    }

    package static let name = "GetAccessKeyLastUsed"
    package static let errors: [String] = []

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Response {
        guard case .accessKey(let key, let user) = call.resource else {
            preconditionFailure("the request names an access key")
        }
        return Response(user: user?.name, use: try await iam.directory.lastUse(of: key.id))
    }
}

// MARK: Wire

extension GetAccessKeyLastUsed {
    package static let input: [Member] = [.required("AccessKeyId", .accessKeyID)]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectRequest {
        SubjectRequest(subject: .accessKey(input.requiredString("AccessKeyId")))
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("UserName", response.user?.description)
        output.object("AccessKeyLastUsed") { output in
            output.timestamp("LastUsedDate", response.use?.date)
            output.string("ServiceName", response.use?.service ?? "N/A")
            output.string("Region", response.use?.region ?? "N/A")
        }
    }
}
