import Foundation
import Testing

@testable import AWSProtocol

@Suite("ARN")
struct ARNTests {
    @Test func `has six fields of which the last keeps its colons`() throws {
        let arn = try #require(ARN("arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:a:b"))
        #expect(arn.partition == "aws-us-gov")
        #expect(arn.service == "logs")
        #expect(arn.region == Region("us-gov-west-1"))
        #expect(arn.account == AccountID("123456789012"))
        #expect(arn.resource == "log-group:a:b")
    }

    @Test(arguments: [
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:iam::123456789012:user/a/b", "arn:aws:s3:::bucket/ключ with space",
        "arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws-cn:kms:cn-north-1:123456789012:alias/x",
    ])
    func `reads and writes the same text`(_ text: String) throws {
        let arn = try #require(ARN(text))
        #expect(arn.description == text)
        let built = ARN(
            partition: arn.partition,
            service: arn.service,
            region: arn.region,
            owner: arn.owner,
            resource: arn.resource
        )
        #expect(built == arn)
        let coded = try JSONDecoder().decode([ARN].self, from: JSONEncoder().encode([arn]))
        #expect(coded == [arn])
    }

    @Test(arguments: [
        "", "arn", "arn:aws:kms:us-east-1:123456789012", "arn:aws:kms:us-east-1:123456789012:",
        "ARN:aws:kms:us-east-1:123456789012:key/a", "arn:gcp:kms:us-east-1:123456789012:key/a",
        "arn::kms:us-east-1:123456789012:key/a", "arn:aws::us-east-1:123456789012:key/a",
        "arn:aws:KMS:us-east-1:123456789012:key/a", "arn:aws:kms:us-east:123456789012:key/a",
        "arn:aws:kms:us-east-1:12345678901:key/a", "arn:aws:kms:us-east-1:12345678901x:key/a",
        "arn:aws:kms:us-east-1:1234567890123:key/a", "arn:aws:kms:us-east-1:123456789012:key/a\n",
        "arn:aws:kms:*:123456789012:key/a", " arn:aws:kms:us-east-1:123456789012:key/a",
        "arn:aws:s3:::" + String(repeating: "a", count: 2048),
    ])
    func `is refused when a field is malformed`(_ text: String) {
        #expect(ARN(text) == nil)
    }

    @Test(arguments: 0..<2_000 as Range<UInt64>)
    func `survives mutation`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let valid = Array("arn:aws:kms:us-east-1:123456789012:key/1234abcd".utf8)
        let text = String(decoding: generator.mutation(of: generator.mutation(of: valid)), as: UTF8.self)
        if let arn = ARN(text) { #expect(arn.description == text, "seed \(seed)") }
    }
}

@Suite("AccountID and Region")
struct AccountAndRegionTests {
    @Test(arguments: ["", "12345678901", "1234567890123", "12345678901a", "１２３４５６７８９０１２", "-12345678901"])
    func `an account is twelve ASCII digits`(_ text: String) {
        #expect(AccountID(text) == nil)
        #expect(AccountID("000000000000")?.description == "000000000000")
    }

    @Test(arguments: ["us-east-1", "ap-southeast-12", "us-gov-west-1", "us-iso-b-1"])
    func `a Region is words and a number`(_ text: String) {
        #expect(Region(text)?.description == text)
    }

    @Test(arguments: [
        "", "us", "us-1", "us-east", "us-east-", "us-east-1a", "us--east-1", "-us-east-1", "US-east-1",
        "us-east1", "us-east-1-", "a-b-c-d-1", "us-east-1\n", "aws-global", "us-éast-1",
        "us-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1",
    ])
    func `anything else is no Region`(_ text: String) {
        #expect(Region(text) == nil)
    }
}

@Suite("UniqueID")
struct UniqueIDTests {
    @Test func `is a version 4 UUID in lower case and never the same`() throws {
        var seen: Set<String> = []
        for _ in 0..<10_000 {
            let text = RequestID.random().description
            #expect(UUID(uuidString: text)?.uuidString.lowercased() == text)
            #expect(Array(text)[14] == "4")
            #expect("89ab".contains(Array(text)[19]))
            #expect(seen.insert(text).inserted)
        }
    }

    @Test func `is read back from its text`() {
        let id = EventID.random()
        #expect(EventID(id.description) == id)
        var bytes: [UInt8] = [1]
        id.append(to: &bytes)
        #expect(bytes == [1] + Array(id.description.utf8))
    }

    @Test(arguments: [
        "", "1234abcd-12ab-34cd-56ef-1234567890a", "1234ABCD-12ab-34cd-56ef-1234567890ab",
        "1234abcd012ab-34cd-56ef-1234567890ab", "1234abcg-12ab-34cd-56ef-1234567890ab",
    ])
    func `is not read from anything else`(_ text: String) {
        #expect(RequestID(text) == nil)
    }
}
