import AWSProtocol
import Authorization
import Cryptography
import Operations

import struct Foundation.Date

/// The shapes of SNS requests that more than one operation uses, as the service model has them.
extension Shape {
    static let snsText = Shape.string()
    static let taggedTopic = Shape.string(length: 1...1011)
    static let messageAttributes = Shape.list(
        // A map in the model; in a form its entries have a Name and a Value, as a list's elements would.
        .structure([
            .required("Name", .snsText),
            .required(
                "Value",
                .structure([
                    .required("DataType", .snsText), .optional("StringValue", .string(isSensitive: true)),
                    .optional("BinaryValue", .blob(length: 0...PublishedMessage.bytesMax, isSensitive: true)),
                ])
            ),
        ])
    )
}

extension Call {
    /// The account of the caller.
    func snsAccount() throws(SNSError) -> AccountID {
        guard let account = caller.account.flatMap(AccountID.init) else {
            throw .authorization("The caller belongs to no account.")
        }
        return account
    }
}

extension Input {
    /// The topic that a member names, in the Region of the call.
    func topic(_ name: String, for call: Call) throws(SNSError) -> TopicLocator {
        guard let topic = string(name).flatMap(TopicLocator.init(arn:)) else {
            throw .invalidParameter("TopicArn")
        }
        guard topic.region == call.region || call.caller.type == .anonymous else {
            throw .invalidParameter("TopicArn")
        }
        return topic
    }

    /// The subscription that a member names.
    func subscription(_ name: String) throws(SNSError) -> SubscriptionLocator {
        guard let subscription = string(name).flatMap(SubscriptionLocator.init(arn:)) else {
            throw .invalidParameter("SubscriptionArn Reason: An ARN must have at least 6 elements")
        }
        return subscription
    }

    func snsTags(_ name: String) throws(SNSError) -> [ResourceTag] {
        do throws(TagFault) {
            return try resourceTags(name)
        } catch .tooMany {
            throw .tagLimit
        } catch {
            throw .invalidParameter("Tags Reason: \(error.sentence)")
        }
    }
}

/// One page of a list of SNS.
package struct SNSPage<Element: Sendable>: Sendable {
    let elements: [Element]
    let nextToken: String?

    /// What every list of SNS gives at a time.
    static var limit: Int { 100 }
}

extension NotificationService {
    func position(of token: String?, in list: String, for call: Call) throws(SNSError) -> String? {
        guard let token else { return nil }
        guard let position = ListMarker(keyring: keyring, list: list, call: call).position(of: token) else {
            throw .invalidParameter("NextToken")
        }
        return position
    }

    /// Cuts a page from elements of which one more than the limit was fetched, if there was one.
    func page<Element: Sendable>(
        _ elements: [Element],
        of list: String,
        for call: Call,
        position: (Element) -> String
    ) throws(SNSError) -> SNSPage<Element> {
        let limit = SNSPage<Element>.limit
        guard elements.count > limit else { return SNSPage(elements: elements, nextToken: nil) }
        do throws(CryptographyError) {
            let token = try ListMarker(keyring: keyring, list: list, call: call)
                .token(after: position(elements[limit - 1]))
            return SNSPage(elements: Array(elements.prefix(limit)), nextToken: token)
        } catch {
            throw .internalFailure
        }
    }
}

extension Requirement {
    /// The permission for an action on a topic that need not exist.
    static func topic(
        _ action: String,
        _ topic: TopicLocator,
        own: @escaping @Sendable (ConditionKey) -> ConditionValues? = { _ in nil }
    ) -> Requirement {
        Requirement(
            action,
            on: ProtectedResource(
                arn: topic.arn,
                account: topic.account,
                type: TopicLocator.resourceType
            ),
            conditions: OwnConditions(own)
        )
    }
}
