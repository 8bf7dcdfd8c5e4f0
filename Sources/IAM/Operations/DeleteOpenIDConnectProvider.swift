import AWSProtocol
package import Operations
import Storage

/// Erases an OpenID Connect provider with the keys that were uploaded for it; roles that trust it stay.
///
/// Source: IAM API Reference, DeleteOpenIDConnectProvider.
package enum DeleteOpenIDConnectProvider: ProviderOperation {
    package typealias Request = String

    package static let name = "DeleteOpenIDConnectProvider"
    package static let errors = ["InvalidInput", "NoSuchEntity", "ServiceFailure"]

    package static func provider(of request: String) -> String { request }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let provider = call.provider
        let key = OpenIDConnectProvider.recordKey(provider.value.account, provider.value.issuer)
        var writes: [Write] = [.delete(key, expecting: .version(provider.version))]
        // A provider of the same name made later must not be believed by keys that nobody gave it.
        if let issuer = IssuerName(provider.value.issuer) {
            writes.append(.delete(UploadedKeys.recordKey(provider.value.account, issuer), expecting: .any))
        }
        try await iam.commit(writes)
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteOpenIDConnectProvider {
    package static let input: [Member] = [.required("OpenIDConnectProviderArn", .arn)]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> String {
        input.requiredString("OpenIDConnectProviderArn")
    }
}
