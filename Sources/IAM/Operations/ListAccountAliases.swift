package import Operations

/// Lists the account's alias: there is one at most.
///
/// Source: IAM API Reference, ListAccountAliases.
package enum ListAccountAliases: AccountOperation {
    package typealias Request = PageInput

    package static let name = "ListAccountAliases"
    package static let errors = ["ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<String> {
        let alias = try await iam.alias(of: try call.call.account())
        let all = [alias?.value.alias].compactMap(\.self)
        return try iam.page(ofAll: all, call.request, of: name, for: call.call) { $0 }
    }
}

// MARK: Wire

extension ListAccountAliases {
    package static let input: [Member] = .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> PageInput {
        PageInput(input)
    }

    package static func encode(_ response: Page<String>, into output: inout OutputWriter) {
        output.strings("AccountAliases", response.elements)
        output.pageEnd(response.marker)
    }
}
