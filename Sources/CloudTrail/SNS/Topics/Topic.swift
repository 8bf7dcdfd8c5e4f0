package import AWSProtocol

import struct Foundation.Date

/// Where a topic lies: its account, its Region and its name.
package struct TopicLocator: Hashable, Sendable, Codable {
    package let account: AccountID
    package let region: Region
    package let name: String

    package var arn: String { "arn:aws:sns:\(region):\(account):\(name)" }

    package static let resourceType = "AWS::SNS::Topic"

    package init(account: AccountID, region: Region, name: String) {
        self.account = account
        self.region = region
        self.name = name
    }

    /// The locator in the ARN of a topic; nil for any other text.
    init?(arn text: String) {
        guard let arn = ARN(text), arn.service == "sns", arn.partition == "aws", let account = arn.account,
            let region = arn.region, Self.isName(arn.resource)
        else { return nil }
        self.init(account: account, region: region, name: arn.resource)
    }

    /// Letters, digits, hyphens and underscores; at most 256 (SNS API Reference, CreateTopic).
    static func isName(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// A topic as it is stored.
struct Topic: Hashable, Sendable, Codable {
    let locator: TopicLocator
    var displayName = ""
    /// Nil for the policy that every new topic has.
    var policy: TopicPolicy?
    /// The JSON of the `DeliveryPolicy` attribute.
    var deliveryPolicy: String?
    /// 1 for SHA-1, 2 for SHA-256.
    var signatureVersion = 1
    var tags: [ResourceTag] = []
    let createdAt: Date

    /// So many topics may an account have in a Region (SNS quotas: 100,000 standard topics).
    static let perPlaceMax = 100_000
}
