package import AWSProtocol
package import Operations
import Storage

/// Lists the OpenID Connect providers of the account; there are few, so there are no pages.
///
/// Source: IAM API Reference, ListOpenIDConnectProviders.
package enum ListOpenIDConnectProviders: AccountOperation {
    package typealias Request = AccountID

    package static let name = "ListOpenIDConnectProviders"
    package static let errors = ["ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> [String] {
        var arns: [String] = []
        for record in try await iam.records(.openIDConnectProvider, prefix: "\(call.request)/") {
            arns.append(
                try coding { () throws(StorageError) in
                    try RecordCoding.decode(OpenIDConnectProvider.self, from: record)
                }.arn
            )
        }
        return arns
    }
}

// MARK: Wire

extension ListOpenIDConnectProviders {
    package static let input: [Member] = []

    package static func request(from input: Input, for call: Call) throws(IAMError) -> AccountID {
        try call.account()
    }

    package static func encode(_ response: [String], into output: inout OutputWriter) {
        output.objects("OpenIDConnectProviderList", response) { $0.string("Arn", $1) }
    }
}
