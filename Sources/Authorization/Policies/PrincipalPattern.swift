/// One principal that a policy or a grant names.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
package enum PrincipalPattern: Hashable, Sendable {
    /// `*`: every caller, the anonymous too.
    case everyone
    /// An account by its 12 digits or its `root` ARN: in an Allow it delegates to the account's own policies.
    case account(String)
    /// A user, role, role session or federated user session.
    case arn(String)
    /// A user (`AIDA…`), a role (`AROA…`) or one session of it (`AROA…:name`) by unique id.
    case uniqueID(String)
    /// A service, such as `logs.us-east-1.amazonaws.com`.
    case service(String)
    /// An identity provider: its ARN or the host of a public one.
    case federated(String)
    /// The canonical user id that S3 gives an account.
    case canonicalUser(String)

    private static let partitions: Set<String> = ["aws", "aws-cn", "aws-us-gov"]
    private static let nameBytesMax = 2_048

    /// Reads a value of the `AWS` member: `*`, an account, an ARN or a unique id.
    ///
    /// - Returns: nil for anything else, and for wildcards inside an ARN.
    package init?(aws text: String) {
        if text == "*" {
            self = .everyone
        } else if Self.isAccount(text) {
            self = .account(text)
        } else if Self.isUniqueID(text) {
            self = .uniqueID(text)
        } else if let pattern = Self.parseARN(text) {
            self = pattern
        } else {
            return nil
        }
    }

    /// Reads a value of the `Service` member.
    package init?(service text: String) {
        guard Self.isHost(text[...]) else { return nil }
        self = .service(text)
    }

    /// Reads a value of the `Federated` member.
    package init?(federated text: String) {
        if let parts = Self.arnParts(text) {
            guard parts.service == "iam",
                parts.resource.hasPrefix("saml-provider/") || parts.resource.hasPrefix("oidc-provider/")
            else { return nil }
        } else {
            guard Self.isHost(text[...]) else { return nil }
        }
        self = .federated(text)
    }

    /// Reads a value of the `CanonicalUser` member: 64 hexadecimal digits.
    package init?(canonicalUser text: String) {
        guard text.utf8.count == 64, text.utf8.allSatisfy({ Digit.hexValue($0) != nil }) else { return nil }
        self = .canonicalUser(text.lowercased())
    }

    /// Reads a grantee or retiring principal: an ARN, or a service principal.
    package init?(grantee text: String) {
        if let pattern = PrincipalPattern(aws: text), pattern != .everyone {
            self = pattern
        } else if let pattern = PrincipalPattern(service: text) {
            self = pattern
        } else {
            return nil
        }
    }

    private static func parseARN(_ text: String) -> PrincipalPattern? {
        guard let parts = arnParts(text) else { return nil }
        let path = parts.resource.split(separator: "/", omittingEmptySubsequences: false)
        guard path.allSatisfy({ !$0.isEmpty }) else { return nil }
        switch (parts.service, path.first, path.count) {
        case ("iam", "root", 1): return .account(parts.account)
        case ("iam", "user", 2...), ("iam", "role", 2...): return .arn(text)
        case ("sts", "assumed-role", 3), ("sts", "federated-user", 2): return .arn(text)
        default: return nil
        }
    }

    /// Splits `arn:aws:SERVICE::ACCOUNT:RESOURCE`, refusing wildcards, spaces and anything not ASCII.
    private static func arnParts(_ text: String) -> (service: String, account: String, resource: String)? {
        guard text.utf8.count <= nameBytesMax,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !isWildcard($0) })
        else { return nil }
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(
            String.init
        )
        guard parts.count == 6, parts[0] == "arn", partitions.contains(parts[1]), parts[3].isEmpty,
            isAccount(parts[4]), !parts[5].isEmpty
        else { return nil }
        return (parts[2], parts[4], parts[5])
    }

    private static func isWildcard(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?")
    }

    private static func isAccount(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy(Digit.isDigit)
    }

    /// Whether a text is `AIDA…`, `AROA…` or `AROA…:session`.
    private static func isUniqueID(_ text: String) -> Bool {
        let id = text.utf8.prefix { $0 != UInt8(ascii: ":") }
        guard text.hasPrefix("AIDA") || text.hasPrefix("AROA"), (16...128).contains(id.count) else {
            return false
        }
        let session = text.utf8.dropFirst(id.count)
        return id.allSatisfy { Digit.isDigit($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
            && session.count != 1
            && session.allSatisfy { (0x21...0x7E).contains($0) && !isWildcard($0) }
    }

    private static func isHost(_ text: Substring) -> Bool {
        guard (3...255).contains(text.utf8.count), text.contains(".") else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty
                && label.utf8.allSatisfy { byte in
                    Digit.isDigit(byte) || byte == UInt8(ascii: "-")
                        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                }
        }
    }
}
