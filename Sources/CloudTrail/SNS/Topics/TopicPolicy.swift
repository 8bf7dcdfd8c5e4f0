import AWSProtocol
import Authorization
import Storage

/// The policy of a topic: its text, and who its principals were when it was written.
struct TopicPolicy: Hashable, Sendable, Codable {
    let text: String
    let principalIDs: [String: String]

    /// Bytes a topic's policy may have (SNS Developer Guide, "Amazon SNS policy quotas").
    static let bytesMax = 30_720

    /// The policy of a topic that has none of its own: its owner may use it, and so may services that act for
    /// the owner's account.
    ///
    /// Source: SNS Developer Guide, "Example cases for Amazon SNS access control", the default policy.
    static func standard(for topic: TopicLocator) -> String {
        let actions = [
            "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic",
            "Subscribe", "ListSubscriptionsByTopic", "Publish",
        ].map { #""SNS:\#($0)""# }.joined(separator: ",")
        return #"{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"#
            + #""__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},"Action":[\#(actions)],"#
            + #""Resource":"\#(topic.arn)","Condition":{"StringEquals":{"AWS:SourceOwner":"#
            + #""\#(topic.account)"}}}]}"#
    }
}

extension Topic {
    /// The text of the policy in force.
    var policyText: String { policy?.text ?? TopicPolicy.standard(for: locator) }

    /// The policy ready for decisions, its principals bound to who they were when it was written.
    ///
    /// - Throws: `.internalFailure` when a stored policy does not compile: it was checked before it was stored.
    func compiledPolicy() throws(SNSError) -> PolicyDocument {
        let ids = policy?.principalIDs ?? [:]
        do throws(PolicyError) {
            return try PolicyDocument(parsing: policyText, as: .resource).resolvingPrincipals { ids[$0] }
        } catch {
            throw .internalFailure
        }
    }
}

extension NotificationService {
    /// Checks a policy that is to become a topic's.
    ///
    /// - Throws: `.invalidParameter` for one that is too long, does not compile or names principals that do not
    ///   exist.
    func checkedPolicy(_ text: String) async throws(SNSError) -> TopicPolicy {
        guard text.utf8.count <= TopicPolicy.bytesMax else {
            throw .invalidParameter("Policy Error: policy is longer than \(TopicPolicy.bytesMax) bytes")
        }
        let policy: PolicyDocument
        do throws(PolicyError) {
            policy = try PolicyDocument(parsing: text, as: .resource)
        } catch {
            throw .invalidParameter("Policy Error: \(error)")
        }
        var ids: [String: String] = [:]
        for principal in policy.principals {
            switch await principals.status(of: principal) {
            case .exists(let uniqueID):
                if case .arn(let arn) = principal, let uniqueID { ids[arn] = uniqueID }
            case .absent: throw .invalidParameter("Policy Error: PrincipalNotFound")
            case .unknown(let reason): throw .storage(.unavailable(reason: reason))
            }
        }
        return TopicPolicy(text: text, principalIDs: ids)
    }
}
