/// What a signing key is good for: a day, a Region and a service.
package struct CredentialScope: Hashable, Sendable {
    /// The day in UTC as eight digits.
    package let day: String
    package let region: String
    package let service: String

    package init(day: String, region: String, service: String) {
        self.day = day
        self.region = region
        self.service = service
    }

    /// The last element of every scope.
    static let terminator = "aws4_request"

    /// The scope as it is signed, as in `20150830/us-east-1/kms/aws4_request`.
    package var text: String { "\(day)/\(region)/\(service)/\(Self.terminator)" }

    func append(to bytes: inout [UInt8]) {
        for part in [day, region, service] {
            bytes.append(part)
            bytes.append(UInt8(ascii: "/"))
        }
        bytes.append(Self.terminator)
    }
}
