import AWSProtocol

import struct Foundation.Date

/// A message as HTTP endpoints get it: JSON with a signature that receivers can check.
///
/// Source: SNS Developer Guide, "HTTP/HTTPS notification JSON format" and "Verifying the signatures of Amazon SNS
/// messages".
struct Envelope {
    let delivery: Delivery
    /// Of the deployment's AWS door, without a slash at its end.
    let baseURL: String
    let token: String

    private var timestamp: String { Timestamp.iso8601Milliseconds(delivery.createdAt) }

    private var confirmURL: String {
        "\(baseURL)/?Action=ConfirmSubscription&Version=2010-03-31"
            + "&TopicArn=\(PercentEncoding.encode(delivery.subscription.topic.arn))&Token=\(token)"
    }

    var unsubscribeURL: String {
        "\(baseURL)/?Action=Unsubscribe&Version=2010-03-31"
            + "&SubscriptionArn=\(PercentEncoding.encode(delivery.subscription.arn))&Token=\(token)"
    }

    /// The message of a confirmation, which is ours and not a publisher's.
    var text: String {
        switch delivery.kind {
        case .notification: delivery.text
        case .subscriptionConfirmation:
            "You have chosen to subscribe to the topic \(delivery.subscription.topic.arn).\n"
                + "To confirm the subscription, visit the SubscribeURL included in this message."
        case .unsubscribeConfirmation:
            "You have chosen to deactivate subscription \(delivery.subscription.arn).\n"
                + "To cancel this operation and restore the subscription, visit the SubscribeURL included in "
                + "this message."
        }
    }

    /// What a person has to visit, where there is something.
    var link: String { delivery.kind == .notification ? unsubscribeURL : confirmURL }

    /// The text that is signed: names and values, a line each, in the order of the names.
    var signedText: String {
        var lines = [("Message", text), ("MessageId", delivery.messageID)]
        switch delivery.kind {
        case .notification:
            if let subject = delivery.subject { lines.append(("Subject", subject)) }
            lines.append(("Timestamp", timestamp))
        case .subscriptionConfirmation, .unsubscribeConfirmation:
            lines += [("SubscribeURL", confirmURL), ("Timestamp", timestamp), ("Token", token)]
        }
        lines += [("TopicArn", delivery.subscription.topic.arn), ("Type", delivery.kind.rawValue)]
        return lines.map { "\($0)\n\($1)\n" }.joined()
    }

    /// The JSON with a signature of ``signedText``.
    func json(signature: [UInt8], version: Int, certificateURL: String) -> [UInt8] {
        var json = JSONWriter(capacity: delivery.text.utf8.count + 2_048)
        json.beginObject()
        func member(_ name: String, _ value: String?) {
            guard let value else { return }
            json.name(name)
            json.string(value)
        }
        member("Type", delivery.kind.rawValue)
        member("MessageId", delivery.messageID)
        if delivery.kind != .notification { member("Token", token) }
        member("TopicArn", delivery.subscription.topic.arn)
        if delivery.kind == .notification { member("Subject", delivery.subject) }
        member("Message", text)
        if delivery.kind != .notification { member("SubscribeURL", confirmURL) }
        member("Timestamp", timestamp)
        member("SignatureVersion", String(version))
        member("Signature", Base64.encode(signature))
        member("SigningCertURL", certificateURL)
        if delivery.kind == .notification { member("UnsubscribeURL", unsubscribeURL) }
        if !delivery.attributes.isEmpty {
            json.name("MessageAttributes")
            json.beginObject()
            for attribute in delivery.attributes {
                json.name(attribute.name)
                json.beginObject()
                member("Type", attribute.type)
                member("Value", attribute.value)
                json.endObject()
            }
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }
}
