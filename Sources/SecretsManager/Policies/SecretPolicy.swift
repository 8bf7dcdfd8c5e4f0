import AWSProtocol
import Authorization
import Operations
import Storage

/// The resource policy of a secret: its text as it was given, and who its principals were at that time.
package struct SecretPolicy: Hashable, Sendable, Codable {
    package let text: String
    /// The unique ids of the users and roles the policy names, by ARN, so that a principal deleted and made again
    /// under the same name is not the one the policy means.
    package let principalIDs: [String: String]

    /// Characters a policy may have (Secrets Manager User Guide, "Quotas").
    package static let lengthMax = 20_480

    /// The policy ready for decisions.
    ///
    /// - Throws: `.internalFailure` when a stored policy does not compile: it was checked before it was stored.
    func compiled() throws(SecretsManagerError) -> PolicyDocument {
        do throws(PolicyError) {
            return try PolicyDocument(parsing: text, as: .resource).resolvingPrincipals { principalIDs[$0] }
        } catch {
            throw .internalFailure
        }
    }
}

extension SecretsManagerService {
    /// Checks a policy that is to become a secret's.
    ///
    /// - Throws: `.malformedPolicy` for one that does not compile or names principals that do not exist.
    func checkedPolicy(_ text: String) async throws(SecretsManagerError) -> SecretPolicy {
        let document: PolicyDocument
        do throws(PolicyError) {
            document = try PolicyDocument(parsing: text, as: .resource)
        } catch {
            throw .malformedPolicy("This resource policy contains a syntax error. \(error)")
        }
        var ids: [String: String] = [:]
        for principal in document.principals {
            switch await principals.status(of: principal) {
            case .exists(let uniqueID):
                if case .arn(let arn) = principal, let uniqueID { ids[arn] = uniqueID }
            case .absent:
                throw .malformedPolicy("This resource policy contains an unsupported principal.")
            case .unknown(let reason):
                throw .storage(.unavailable(reason: reason))
            }
        }
        return SecretPolicy(text: text, principalIDs: ids)
    }
}
