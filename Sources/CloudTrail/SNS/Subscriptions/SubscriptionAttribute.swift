import AWSProtocol

extension Subscription {
    /// Sets an attribute as Subscribe and SetSubscriptionAttributes give it.
    ///
    /// - Throws: `.invalidParameter` for names that SNS does not know and values that it does not take.
    mutating func set(_ name: String, _ value: String) throws(SNSError) {
        switch name {
        case "RawMessageDelivery":
            guard let flag = Bool(value.lowercased()) else { throw .invalidParameter("RawMessageDelivery") }
            guard !flag || !channel.isEmail else {
                throw .invalidParameter(
                    "Attributes Reason: RawMessageDelivery is not supported for the protocol \(channel.rawValue)"
                )
            }
            isRaw = flag
        case "FilterPolicy":
            // An empty object takes the policy away (SNS Developer Guide, "Removing a filter policy").
            if value.isEmpty || value.filter({ !$0.isWhitespace }) == "{}" {
                filterPolicy = nil
            } else {
                _ = try FilterPolicy(value, scope: filterScope)
                filterPolicy = value
            }
        case "FilterPolicyScope":
            guard let scope = FilterScope(rawValue: value) else {
                throw .invalidParameter("FilterPolicyScope")
            }
            filterScope = scope
        case "DeliveryPolicy":
            guard !channel.isEmail else {
                throw .invalidParameter("DeliveryPolicy Reason: only HTTP endpoints have one")
            }
            if value.isEmpty {
                deliveryPolicy = nil
            } else {
                _ = try DeliverySchedule(parsing: value, ofTopic: false)
                deliveryPolicy = value
            }
        case "RedrivePolicy", "SubscriptionRoleArn", "ReplayPolicy":
            throw .invalidParameter("\(name) Reason: it is not supported")
        default: throw .invalidParameter("AttributeName")
        }
    }
}
