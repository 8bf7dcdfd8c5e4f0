import AWSProtocol
import Authorization
import Operations
import Storage

/// Checks the texts of policies before they are kept: nothing of a policy that cannot be understood is ever in
/// force.
extension IAMService {
    /// Bytes that one text may have with its white space, so that the record of an entity never outgrows what a
    /// store takes: AWS counts no white space and has no such bound below that of a request.
    static let textBytesMax = 65_536

    /// Refuses a text that is no identity policy.
    ///
    /// - Throws: `.malformedPolicy` with the first fault found.
    static func check(identityPolicy text: String) throws(IAMError) {
        _ = try parse(text, as: .identity)
    }

    /// Refuses the text of a managed policy that is none, or too long.
    static func check(managedPolicy text: String) throws(IAMError) {
        try check(identityPolicy: text)
        guard characters(of: text) <= ManagedPolicy.charactersMax else {
            throw .limitExceeded("Cannot exceed quota for PolicySize: \(ManagedPolicy.charactersMax)")
        }
    }

    /// Refuses inline policies that are too long together.
    static func checkSize<Holder: PolicyHolder>(of holder: Holder) throws(IAMError) {
        let characters = holder.inlinePolicies.values.reduce(0) { $0 + Self.characters(of: $1) }
        let bytes = holder.inlinePolicies.values.reduce(0) { $0 + $1.utf8.count }
        guard characters <= Holder.inlineCharactersMax, bytes <= 4 * Self.textBytesMax else {
            throw .limitExceeded(
                "Maximum policy size of \(Holder.inlineCharactersMax) bytes exceeded for "
                    + "\(Holder.type.rawValue) \(holder.nameText)"
            )
        }
    }

    /// A trust policy that is to become a role's, with the unique ids of those it names.
    ///
    /// - Throws: `.malformedPolicy` for a text that is none, or names principals that do not exist;
    ///   `.limitExceeded` for one that is too long.
    func checkedTrustPolicy(_ text: String) async throws(IAMError) -> TrustPolicy {
        let policy = try Self.parse(text, as: .trust)
        guard Self.characters(of: text) <= TrustPolicy.charactersMax else {
            throw .limitExceeded("Cannot exceed quota for ACLSizePerRole: \(TrustPolicy.charactersMax)")
        }
        var ids: [String: String] = [:]
        for principal in policy.principals {
            // Providers have no unique ids, and are looked for when a token comes.
            if case .federated = principal { continue }
            switch await directory.status(of: principal) {
            case .exists(let uniqueID):
                if case .arn(let arn) = principal, let uniqueID { ids[arn] = uniqueID }
            case .absent: throw .malformedPolicy("Invalid principal in policy: \(principal.shown)")
            case .unknown(let reason): throw .storage(.unavailable(reason: reason))
            }
        }
        return TrustPolicy(text: text, principalIDs: ids)
    }

    private static func parse(_ text: String, as kind: PolicyKind) throws(IAMError) -> PolicyDocument {
        guard text.utf8.count <= textBytesMax else {
            throw .limitExceeded("A policy can have \(textBytesMax) bytes, white space included.")
        }
        do throws(PolicyError) {
            return try PolicyDocument(parsing: text, as: kind)
        } catch {
            throw .malformedPolicy(error.description)
        }
    }

    /// White space is not counted (IAM User Guide, "IAM and STS character limits").
    private static func characters(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.properties.isWhitespace ? 0 : 1) }
    }
}

extension PrincipalPattern {
    /// The principal as AWS's messages show it.
    fileprivate var shown: String {
        switch self {
        case .everyone: #""AWS":"*""#
        case .account(let text), .arn(let text), .uniqueID(let text): #""AWS":"\#(text)""#
        case .service(let text): #""SERVICE":"\#(text)""#
        case .federated(let text): #""FEDERATED":"\#(text)""#
        case .canonicalUser(let text): #""CANONICALUSER":"\#(text)""#
        }
    }
}
