import AWSProtocol

import func Foundation.pow

/// When a delivery that failed is tried again.
///
/// Without a policy: after 1 and 2 s, then ten times with growing pauses up to 10 minutes, then every 10 minutes:
/// 50 retries in some seven hours, AWS's pattern for endpoints of customers. Source: SNS Developer Guide,
/// "Amazon SNS message delivery retries" and "Creating an HTTP/S delivery policy".
struct DeliverySchedule: Hashable, Sendable {
    enum Growth: String, Hashable, Sendable, CaseIterable {
        case linear
        case arithmetic
        case geometric
        case exponential
    }

    var minDelay = 1
    var maxDelay = 600
    var retries = 50
    var noDelayRetries = 0
    var minDelayRetries = 2
    var maxDelayRetries = 38
    var growth = Growth.exponential

    static let standard = DeliverySchedule()

    /// Seconds to wait after so many failed attempts; nil when there were enough.
    func pause(afterAttempts attempts: Int) -> Double? {
        guard attempts <= retries else { return nil }
        var index = attempts - 1
        if index < noDelayRetries { return 0 }
        index -= noDelayRetries
        if index < minDelayRetries { return Double(minDelay) }
        index -= minDelayRetries
        let growing = max(0, retries - noDelayRetries - minDelayRetries - maxDelayRetries)
        guard index < growing else { return Double(maxDelay) }
        let part = Double(index + 1) / Double(growing + 1)
        let low = Double(max(minDelay, 1))
        let high = Double(max(maxDelay, minDelay))
        return switch growth {
        case .linear: low + (high - low) * part
        case .arithmetic: low + (high - low) * part * part
        case .geometric, .exponential: low * pow(high / low, part)
        }
    }
}

extension DeliverySchedule {
    /// Reads the JSON of a topic's `DeliveryPolicy`, or of a subscription's.
    ///
    /// - Throws: `.invalidParameter` for members that are unknown or out of bounds.
    init(parsing text: String, ofTopic: Bool) throws(SNSError) {
        guard text.utf8.count <= 4_096, let json = try? JSON.parse(text, depthMax: 8),
            case .object(let root) = json
        else { throw Self.fault("must be a JSON object") }
        let outer: JSONObject
        if ofTopic {
            guard root.members.allSatisfy({ $0.key.text == "http" }), case .object(let http)? = root["http"]
            else { throw Self.fault("must have the member http and no other") }
            outer = http
        } else {
            outer = root
        }
        let name = ofTopic ? "defaultHealthyRetryPolicy" : "healthyRetryPolicy"
        // Of the others a null is no setting: GetTopicAttributes shows such.
        for (key, value) in outer.members where key.text != name && !value.isNull {
            if ofTopic, key.text == "disableSubscriptionOverrides", case .bool(false) = value { continue }
            throw Self.fault("\(key.text.prefix(64)) is not supported")
        }
        guard let policy = outer[name], !policy.isNull else { return }
        guard case .object(let members) = policy else { throw Self.fault("\(name) must be an object") }
        // What a policy leaves out is as AWS has it.
        (minDelay, maxDelay, retries, growth) = (20, 20, 3, .linear)
        (noDelayRetries, minDelayRetries, maxDelayRetries) = (0, 0, 0)
        for (key, value) in members.members { try set(key.text, value) }
        try check()
    }

    private mutating func set(_ name: String, _ value: JSON) throws(SNSError) {
        if name == "backoffFunction" {
            guard let growth = value.text.flatMap(Growth.init) else { throw Self.fault("backoffFunction") }
            self.growth = growth
            return
        }
        guard case .number(let number) = value, let wide = number.int64, (0...3_600).contains(wide) else {
            throw Self.fault("\(name.prefix(64)) must be a number from 0 to 3600")
        }
        let number32 = Int(wide)
        switch name {
        case "minDelayTarget": minDelay = number32
        case "maxDelayTarget": maxDelay = number32
        case "numRetries": retries = number32
        case "numNoDelayRetries": noDelayRetries = number32
        case "numMinDelayRetries": minDelayRetries = number32
        case "numMaxDelayRetries": maxDelayRetries = number32
        default: throw Self.fault("\(name.prefix(64)) is not supported")
        }
    }

    private func check() throws(SNSError) {
        guard retries <= 100 else { throw Self.fault("numRetries must be at most 100") }
        guard minDelay >= 1, minDelay <= maxDelay else {
            throw Self.fault("minDelayTarget must be from 1 to maxDelayTarget")
        }
        guard noDelayRetries + minDelayRetries + maxDelayRetries <= retries else {
            throw Self.fault("the phases have more retries than numRetries")
        }
    }

    private static func fault(_ text: String) -> SNSError { .invalidParameter("DeliveryPolicy: \(text)") }

    /// The JSON of `EffectiveDeliveryPolicy`.
    func rendered(ofTopic: Bool) -> String {
        let policy =
            #"{"minDelayTarget":\#(minDelay),"maxDelayTarget":\#(maxDelay),"numRetries":\#(retries),"#
            + #""numMaxDelayRetries":\#(maxDelayRetries),"numNoDelayRetries":\#(noDelayRetries),"#
            + #""numMinDelayRetries":\#(minDelayRetries),"backoffFunction":"\#(growth.rawValue)"}"#
        return ofTopic
            ? #"{"http":{"defaultHealthyRetryPolicy":\#(policy),"disableSubscriptionOverrides":false}}"#
            : #"{"healthyRetryPolicy":\#(policy)}"#
    }
}
