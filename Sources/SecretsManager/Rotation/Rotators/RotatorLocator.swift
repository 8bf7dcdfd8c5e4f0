package import AWSProtocol

/// Where a rotator is registered: an account, a Region and a name, in the shape of a Lambda function's ARN.
package struct RotatorLocator: Hashable, Sendable, Codable {
    package let account: AccountID
    package let region: Region
    package let name: RotatorName

    /// What CloudTrail and policies call it.
    static let resourceType = "AWS::Lambda::Function"

    package init(_ account: AccountID, _ region: Region, _ name: RotatorName) {
        self.account = account
        self.region = region
        self.name = name
    }

    /// The locator that an ARN names; nil for text that is no such ARN, or names a version or alias of a function.
    package init?(arn text: String) {
        guard let arn = ARN(text), arn.service == "lambda", let account = arn.account,
            let region = arn.region, arn.resource.hasPrefix("function:"),
            let name = RotatorName(String(arn.resource.dropFirst("function:".count)))
        else { return nil }
        self.init(account, region, name)
    }

    package var arn: String { "arn:aws:lambda:\(region):\(account):function:\(name)" }

    /// The text in record keys, as in `111122223333/us-east-1/database`.
    var path: String { "\(account)/\(region)/\(name)" }
}

/// The name of a rotator: 1 to 64 ASCII letters, digits, hyphens and underscores, as Lambda names functions.
package struct RotatorName: WireText {
    package let description: String

    package static let bytesMax = 64

    package init?(_ text: String) {
        guard (1...Self.bytesMax).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else {
            return nil
        }
        description = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
