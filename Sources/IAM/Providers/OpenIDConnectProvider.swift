package import AWSProtocol
import Operations
package import Storage

package import struct Foundation.Date

/// An OpenID Connect provider whose tokens an account takes.
package struct OpenIDConnectProvider: Hashable, Sendable, Codable {
    package let account: AccountID
    /// The issuer without its `https://`: host and path, as condition keys and the ARN name it.
    package let issuer: String
    package let createdAt: Date
    /// The audiences that tokens may be for.
    package var clientIDs: [String]
    package var thumbprints: [String]
    package var tags: [String: String]

    package init(
        account: AccountID,
        issuer: String,
        createdAt: Date,
        clientIDs: [String],
        thumbprints: [String],
        tags: [String: String] = [:]
    ) {
        self.account = account
        self.issuer = issuer
        self.createdAt = createdAt
        self.clientIDs = clientIDs
        self.thumbprints = thumbprints
        self.tags = tags
    }

    package var arn: String { Self.arn(account, issuer) }

    package static func arn(_ account: AccountID, _ issuer: String) -> String {
        "arn:aws:iam::\(account):oidc-provider/\(issuer)"
    }

    /// Audiences a provider may have, and certificate thumbprints, and providers an account (IAM User Guide, "IAM
    /// and AWS STS quotas").
    package static let clientIDsMax = 100
    package static let thumbprintsMax = 5
    package static let perAccountMax = 100

    package static func recordKey(_ account: AccountID, _ issuer: String) -> RecordKey {
        RecordKey(.openIDConnectProvider, "\(account)/\(issuer)")
    }
}

extension OpenIDConnectProvider {
    /// The account and issuer that an ARN names; nil for text that is no provider's ARN.
    static func parse(arn text: String) -> (account: AccountID, issuer: String)? {
        let prefix = "oidc-provider/"
        guard let arn = ARN(text), arn.service == "iam", arn.region == nil, let account = arn.account,
            arn.resource.hasPrefix(prefix),
            let issuer = IssuerName(String(arn.resource.dropFirst(prefix.count)))
        else { return nil }
        return (account, issuer.description)
    }

    /// The provider as authorization sees it.
    static func protected(_ account: AccountID, _ issuer: String) -> ProtectedResource {
        ProtectedResource(arn: arn(account, issuer), account: account, type: "AWS::IAM::OIDCProvider")
    }
}

extension IdentityDirectory: OIDCProviderSource {
    package func provider(
        _ issuer: IssuerName,
        of account: AccountID
    ) async throws(IAMError) -> OIDCProvider? {
        guard let provider = try await openIDConnectProvider(issuer.description, of: account) else {
            return nil
        }
        return OIDCProvider(account: account, issuer: issuer, clientIDs: Set(provider.clientIDs))
    }
}

extension IdentityDirectory {
    /// The provider with an issuer in an account; nil when there is none.
    package func openIDConnectProvider(
        _ issuer: String,
        of account: AccountID
    ) async throws(IAMError) -> OpenIDConnectProvider? {
        try await read(OpenIDConnectProvider.self, OpenIDConnectProvider.recordKey(account, issuer))
    }
}
