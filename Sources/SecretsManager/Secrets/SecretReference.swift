import AWSProtocol
import Authorization
package import Operations

/// A `SecretId` after its text was read: a name, an ARN, or an ARN without its last six characters.
package struct SecretID: Hashable, Sendable {
    /// As the caller wrote it.
    package let text: String
    /// The secrets it can mean, in the order in which they are looked for: a text that ends like an ARN may be a
    /// partial one, of a name that ends so.
    let candidates: [Candidate]

    struct Candidate: Hashable, Sendable {
        let locator: SecretLocator
        /// Nil where only the name is known.
        let suffix: SecretSuffix?
    }

    /// Reads a `SecretId`.
    ///
    /// - Throws: `.invalidName` for text that is no name, `.secretNotFound` for an ARN that names no secret of the
    ///   Region.
    package init(_ text: String, for call: Call) throws(SecretsManagerError) {
        self.text = text
        guard text.hasPrefix("arn:") else {
            guard let name = SecretName(text) else { throw .invalidName }
            let locator = SecretLocator(try call.account(), call.region, name)
            candidates = [Candidate(locator: locator, suffix: nil)]
            return
        }
        guard let arn = ARN(text), arn.service == "secretsmanager", let account = arn.account,
            arn.region == call.region, arn.resource.hasPrefix("secret:"),
            let name = SecretName(String(arn.resource.dropFirst("secret:".count)))
        else { throw .secretNotFound(nil) }
        var candidates: [Candidate] = []
        let whole = name.description
        if whole.utf8.count > SecretSuffix.length + 1, whole.dropLast(SecretSuffix.length).last == "-",
            let suffix = SecretSuffix(String(whole.suffix(SecretSuffix.length))),
            let name = SecretName(String(whole.dropLast(SecretSuffix.length + 1)))
        {
            candidates.append(Candidate(locator: SecretLocator(account, call.region, name), suffix: suffix))
        }
        candidates.append(Candidate(locator: SecretLocator(account, call.region, name), suffix: nil))
        self.candidates = candidates
    }

    /// What is asked for when no such secret is there.
    var absentResource: ProtectedResource {
        let candidate = candidates[0]
        return ProtectedResource(
            arn: candidate.locator.arn(candidate.suffix),
            account: candidate.locator.account,
            type: SecretLocator.resourceType
        )
    }
}

/// What an operation needs to know of a secret before it runs.
package struct SecretReference: Hashable, Sendable {
    enum Need: Hashable, Sendable {
        case metadata
        /// The secret if there is one: its absence is no error.
        case presence
        /// A version with its sealed value, and the key that opens it.
        case value(VersionSelector)
    }

    let id: SecretID
    let need: Need

    init(_ id: SecretID, _ need: Need = .metadata) {
        self.id = id
        self.need = need
    }
}

extension Call {
    /// The account of the caller.
    func account() throws(SecretsManagerError) -> AccountID {
        guard let account = caller.account.flatMap({ AccountID($0) }) else { throw .internalFailure }
        return account
    }
}
