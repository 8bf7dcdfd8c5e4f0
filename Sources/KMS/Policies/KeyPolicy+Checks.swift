import AWSProtocol
package import Authorization
import Operations
import Storage

extension KeyPolicy {
    /// The policy ready for decisions, its principals bound to who they were when it was written.
    ///
    /// - Throws: `.internalFailure` when a stored policy does not compile: it was checked before it was stored.
    package func compiled() throws(KMSError) -> PolicyDocument {
        do throws(PolicyError) {
            return try PolicyDocument(parsing: text, as: .key).resolvingPrincipals { principalIDs[$0] }
        } catch {
            throw .internalFailure
        }
    }

    /// The text as KMS keeps it: a principal of all, written `"*"`, becomes `{"AWS":"*"}`.
    static func normalized(_ text: String) -> String {
        var rest = text[...]
        var result = ""
        while let name = rest.firstRange(of: #""Principal""#) {
            result += rest[..<name.upperBound]
            rest = rest[name.upperBound...]
            let value = rest.drop { $0.isWhitespace || $0 == ":" }
            guard value.hasPrefix(#""*""#), rest[..<value.startIndex].contains(":") else { continue }
            result += rest[..<value.startIndex] + #"{"AWS":"*"}"#
            rest = value.dropFirst(3)
        }
        return result + rest
    }
}

extension KeyManagementService {
    /// Checks a policy that is to become a key's, as CreateKey, PutKeyPolicy and ReplicateKey do.
    ///
    /// - Throws: `.limitExceeded` for too long a text; `.malformedPolicy` for one that does not compile, names
    ///   principals that do not exist, or would keep the caller from ever changing it again.
    func checkedPolicy(
        _ text: String,
        of key: KeyARN,
        bypassingLockoutCheck: Bool,
        for call: Call
    ) async throws(KMSError) -> KeyPolicy {
        guard text.utf8.count <= KeyPolicy.bytesMax else {
            throw .limitExceeded("The key policy is larger than \(KeyPolicy.bytesMax) bytes.")
        }
        let text = KeyPolicy.normalized(text)
        let parsed = try parse(text)
        let ids = try await principalIDs(of: parsed)
        let policy = KeyPolicy(text: text, principalIDs: ids)
        if bypassingLockoutCheck { return policy }
        let requirement = Requirement(
            "kms:PutKeyPolicy",
            on: ProtectedResource(
                arn: key.description,
                account: key.account,
                type: KeyARN.resourceType,
                policy: try policy.compiled(),
                delegation: .required
            ),
            conditions: KeyConditions(call)
        )
        guard requirement.isMet(by: call) else {
            throw .malformedPolicy(
                "The new key policy will not allow you to update the key policy in the future."
            )
        }
        return policy
    }

    private func parse(_ text: String) throws(KMSError) -> PolicyDocument {
        let policy: PolicyDocument
        do throws(PolicyError) {
            policy = try PolicyDocument(parsing: text, as: .key)
        } catch {
            throw .malformedPolicy(error.description)
        }
        if let finding = PolicyLinter.findings(in: policy).first {
            throw .malformedPolicy(finding.description)
        }
        return policy
    }

    /// The unique ids of the users and roles a policy names.
    private func principalIDs(of policy: PolicyDocument) async throws(KMSError) -> [String: String] {
        var ids: [String: String] = [:]
        for principal in policy.principals {
            switch await principals.status(of: principal) {
            case .exists(let uniqueID):
                if case .arn(let arn) = principal, let uniqueID { ids[arn] = uniqueID }
            case .absent:
                throw .malformedPolicy("Policy contains a statement with one or more invalid principals.")
            case .unknown(let reason):
                throw .storage(.unavailable(reason: reason))
            }
        }
        return ids
    }
}
