package import AWSProtocol
import Operations

/// The name of an OpenID Connect provider: its address without the scheme, such as `idp.example.com/tenant`.
///
/// What IAM keeps as the provider's `Url`, what follows `oidc-provider/` in its ARN and what its condition keys
/// begin with. Compared byte by byte, as issuers are (OpenID Connect Core section 3.1.3.7).
package struct IssuerName: WireText {
    package let description: String
    /// Host and, where it is given, port.
    package let authority: String

    private static let bytesMax = 255

    /// Nil unless the text is a host in lower case, perhaps with a port, and perhaps a path.
    package init?(_ text: String) {
        guard (1...Self.bytesMax).contains(text.utf8.count) else { return nil }
        let authority = text.prefix { $0 != "/" }
        guard Self.isAuthority(authority),
            text[authority.endIndex...].unicodeScalars.allSatisfy(Self.isPathScalar),
            !text.contains("//"), !text.contains("/../"), !text.hasSuffix("/..")
        else { return nil }
        description = text
        self.authority = String(authority)
    }

    /// Reads an `https` or `http` address.
    package init?(url: String) {
        for scheme in ["https://", "http://"] where url.hasPrefix(scheme) {
            self.init(String(url.dropFirst(scheme.count)))
            return
        }
        return nil
    }

    /// The host alone.
    package var host: String { String(authority.prefix { $0 != ":" }) }

    /// The key of policies for a claim, such as `idp.example.com/tenant:sub`.
    package func conditionKey(_ claim: String) -> String { "\(description):\(claim)" }

    private static func isAuthority(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty, parts.count <= 2,
            host.unicodeScalars.allSatisfy({
                ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" || $0 == "."
            })
        else { return false }
        guard parts.count == 2 else { return true }
        return UInt16(parts[1]) != nil && parts[1].unicodeScalars.allSatisfy({ ("0"..."9").contains($0) })
    }

    private static func isPathScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCIIAlphanumeric || "/-._~%+,=@!".unicodeScalars.contains(scalar)
    }
}

/// An identity provider that an account trusts, as far as the check of its tokens needs it.
package struct OIDCProvider: Hashable, Sendable {
    package let account: AccountID
    package let issuer: IssuerName
    /// The audiences that its tokens may be for.
    package let clientIDs: Set<String>

    package init(account: AccountID, issuer: IssuerName, clientIDs: Set<String>) {
        self.account = account
        self.issuer = issuer
        self.clientIDs = clientIDs
    }

    package var arn: String { "arn:aws:iam::\(account):oidc-provider/\(issuer)" }
}

/// Knows the identity providers of accounts.
package protocol OIDCProviderSource: Sendable {
    /// The provider of an issuer in an account; nil when the account has none.
    func provider(_ issuer: IssuerName, of account: AccountID) async throws(IAMError) -> OIDCProvider?
}
