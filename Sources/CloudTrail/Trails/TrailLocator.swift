package import AWSProtocol
import Authorization
import Operations

/// A trail by its name or its ARN.
///
/// Source: CloudTrail User Guide, "Naming requirements for CloudTrail resources, S3 buckets, and KMS keys".
package struct TrailLocator: Hashable, Sendable {
    package let account: AccountID
    package let region: Region
    package let name: String

    /// CloudTrail's type of a trail in events.
    static let resourceType = "AWS::CloudTrail::Trail"

    package var arn: String { "arn:aws:cloudtrail:\(region):\(account):trail/\(name)" }

    /// Reads a name of the caller's own Region, or an ARN.
    ///
    /// - Throws: `.invalidTrailName`, `.invalidARN`.
    init(_ text: String, for call: Call) throws(CloudTrailError) {
        if text.hasPrefix("arn:") {
            self = try TrailLocator(arn: text)
        } else {
            try Self.check(text)
            account = try call.trailAccount()
            region = call.region
            name = text
        }
    }

    /// - Throws: `.invalidARN` for all but the ARN of a trail.
    init(arn text: String) throws(CloudTrailError) {
        guard let arn = ARN(text), arn.service == "cloudtrail", let region = arn.region,
            let account = arn.account, arn.resource.hasPrefix("trail/")
        else { throw .invalidARN(text) }
        self.account = account
        self.region = region
        name = String(arn.resource.dropFirst("trail/".count))
        try Self.check(name)
    }

    private static func check(_ name: String) throws(CloudTrailError) {
        func require(_ condition: Bool, _ sentence: String) throws(CloudTrailError) {
            guard condition else { throw .invalidTrailName(sentence) }
        }
        let scalars = Array(name.unicodeScalars)
        try require(!scalars.isEmpty, "Trail name cannot be blank!")
        try require(scalars.count >= 3, "Trail name must have at least 3 characters.")
        try require(scalars.count <= 128, "Trail name must have no more than 128 characters.")
        try require(
            scalars.allSatisfy { $0.isASCIIAlphanumeric || "._-".unicodeScalars.contains($0) },
            "Trail name can only contain uppercase letters, lowercase letters, numbers, periods (.), "
                + "hyphens (-), and underscores (_)."
        )
        try require(
            scalars.first?.isASCIIAlphanumeric == true && scalars.last?.isASCIIAlphanumeric == true,
            "Trail name must start and end with a letter or number."
        )
        try require(
            zip(scalars, scalars.dropFirst()).allSatisfy {
                $0.isASCIIAlphanumeric || $1.isASCIIAlphanumeric
            },
            "Trail name cannot have adjacent periods, underscores or hyphens."
        )
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        try require(
            parts.count != 4 || !parts.allSatisfy { UInt8($0) != nil },
            "Trail name cannot be formatted as an IP address."
        )
    }
}

extension Call {
    /// The account of the caller.
    ///
    /// - Throws: `.invalidParameter` for callers of none, whom no policy lets as far as an operation.
    func trailAccount() throws(CloudTrailError) -> AccountID {
        guard let account = caller.account.flatMap(AccountID.init) else {
            throw .invalidParameter("The caller belongs to no account.")
        }
        return account
    }
}
