/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// It names one resource; patterns with wildcards belong to policies and are not ARNs.
package struct ARN: WireText {
    /// Whose resource it is.
    package enum Owner: Hashable, Sendable {
        /// An empty account field, as in ARNs of S3 buckets.
        case nobody
        case account(AccountID)
        /// The literal `aws`, as in ARNs of managed policies.
        case aws
    }

    package let partition: String
    package let service: String
    /// Nil when the field is empty, as for IAM and S3.
    package let region: Region?
    package let owner: Owner
    /// All that follows the fifth colon, as in `key/1234abcd-…`; it may hold colons itself.
    package let resource: String
    package let description: String

    /// Joins parts that the caller has checked before; `resource` must not be empty.
    package init(
        partition: String = "aws",
        service: String,
        region: Region?,
        owner: Owner,
        resource: String
    ) {
        self.partition = partition
        self.service = service
        self.region = region
        self.owner = owner
        self.resource = resource
        let account =
            switch owner {
            case .nobody: ""
            case .account(let id): id.description
            case .aws: "aws"
            }
        description = "arn:\(partition):\(service):\(region?.description ?? ""):\(account):\(resource)"
    }

    /// The ARN of a resource in a Region of an account.
    package init(service: String, region: Region, account: AccountID, resource: String) {
        self.init(service: service, region: region, owner: .account(account), resource: resource)
    }

    /// Nil unless all six fields are well formed; at most 2,048 bytes, without control characters.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { return nil }
        let fields = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0] == "arn", Self.isPartition(fields[1]), Self.isWord(fields[2]),
            !fields[5].isEmpty
        else { return nil }
        let region = Region(String(fields[3]))
        guard region != nil || fields[3].isEmpty, let owner = Self.owner(fields[4]) else { return nil }
        partition = String(fields[1])
        service = String(fields[2])
        self.region = region
        self.owner = owner
        resource = String(fields[5])
        description = text
    }

    /// The account that owns the resource; nil where the ARN names none.
    package var account: AccountID? {
        if case .account(let id) = owner { id } else { nil }
    }

    private static let bytesMax = 2048

    private static func isPartition(_ text: Substring) -> Bool {
        text == "aws" || (text.hasPrefix("aws-") && isWord(text))
    }

    private static func isWord(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { $0.isASCIILowercase || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
    }

    private static func owner(_ text: Substring) -> Owner? {
        if text.isEmpty { return .nobody }
        if text == "aws" { return .aws }
        return AccountID(String(text)).map { .account($0) }
    }
}
