import AWSProtocol

/// One attribute of a topic that a request sets, checked.
enum TopicAttribute: Hashable {
    case displayName(String)
    /// Nil for the policy that a new topic has.
    case policy(TopicPolicy?)
    case deliveryPolicy(String?)
    case signatureVersion(Int)
    /// It asks for what is so anyway.
    case none
}

extension NotificationService {
    /// Reads an attribute as CreateTopic and SetTopicAttributes give it.
    ///
    /// - Throws: `.invalidParameter` for names that SNS does not know, values that it does not take, and what
    ///   this deployment does not have.
    func topicAttribute(_ name: String, _ value: String) async throws(SNSError) -> TopicAttribute {
        switch name {
        case "DisplayName":
            guard value.count <= 100, !value.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
                throw .invalidParameter("DisplayName")
            }
            return .displayName(value)
        case "Policy": return .policy(value.isEmpty ? nil : try await checkedPolicy(value))
        case "DeliveryPolicy":
            guard !value.isEmpty else { return .deliveryPolicy(nil) }
            _ = try DeliverySchedule(parsing: value, ofTopic: true)
            return .deliveryPolicy(value)
        case "SignatureVersion":
            guard value == "1" || value == "2" else { throw .invalidParameter("SignatureVersion") }
            return .signatureVersion(value == "2" ? 2 : 1)
        case "FifoTopic" where value == "false", "TracingConfig" where value == "PassThrough",
            "ContentBasedDeduplication" where value == "false":
            return .none
        case "FifoTopic", "ContentBasedDeduplication", "ArchivePolicy", "FifoThroughputScope":
            throw .invalidParameter("\(name) Reason: this deployment has no FIFO topics")
        case "KmsMasterKeyId":
            throw .invalidParameter(
                "KmsMasterKeyId Reason: all messages are sealed by the deployment's root key"
            )
        default: throw .invalidParameter("AttributeName")
        }
    }
}

extension Topic {
    mutating func set(_ attribute: TopicAttribute) {
        switch attribute {
        case .displayName(let name): displayName = name
        case .policy(let policy): self.policy = policy
        case .deliveryPolicy(let policy): deliveryPolicy = policy
        case .signatureVersion(let version): signatureVersion = version
        case .none: break
        }
    }
}
