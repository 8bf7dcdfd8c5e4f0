package import AWSProtocol
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

    package static func recordKey(_ account: AccountID, _ issuer: String) -> RecordKey {
        RecordKey(.openIDConnectProvider, "\(account)/\(issuer)")
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
