import AWSProtocol
import Foundation
import OperationsTesting
import Storage
import Testing

@testable import Cryptography
@testable import KMS

@Suite("The index of an account's keys")
struct KeyIndexTests {
    private let kms: KMSDeployment
    private let kind = RecordKind("kms.key-of-account")

    init() throws {
        kms = try KMSDeployment()
    }

    private func listed() async throws -> [String] {
        var listed: [String] = []
        var members: [String: Any] = ["Limit": 2]
        while true {
            let page = try await kms.call("ListKeys", members)
            listed += try page.objects("Keys").map { try $0.text("KeyId") }
            guard try page.flag("Truncated") else { return listed }
            members["Marker"] = try page.text("NextMarker")
        }
    }

    private func entries() async throws -> [RecordKey] {
        try await kms.sealed.scan(kind, prefix: "", after: nil, limit: 100).map(\.key)
    }

    /// Makes a key and gives its index the form that earlier builds gave it.
    private func makeFormerKey() async throws -> String {
        let key = try await kms.makeKey()
        let entry = try #require(try await entries().first { $0.key.hasSuffix(key) })
        _ = try await kms.sealed.commit([
            .delete(entry, expecting: .any),
            .put(RecordKey(kind, "\(KMSDeployment.account)/us-east-1/\(key)"), [], expecting: .absent),
        ])
        return key
    }

    @Test func `lists them as they were made`() async throws {
        var made: [String] = []
        for _ in 0..<7 {
            made.append(try await kms.makeKey())
            kms.clock.advance(seconds: 1)
        }
        #expect(try await listed() == made)
    }

    @Test func `lists those of earlier builds with the others, and each once`() async throws {
        let former = [try await makeFormerKey(), try await makeFormerKey()]
        let key = try await kms.makeKey()
        #expect(Set(try await listed()) == Set(former + [key]))
        let before = try await entries()
        for changed in former + [key] {
            try await kms.call(
                "TagResource",
                ["KeyId": changed, "Tags": [["TagKey": "a", "TagValue": "b"]]]
            )
        }
        #expect(try await entries() == before)
    }

    @Test func `forgets those of earlier builds when they are deleted`() async throws {
        let former = try await makeFormerKey()
        let key = try await kms.makeKey()
        for deleted in [former, key] {
            try await kms.call("ScheduleKeyDeletion", ["KeyId": deleted, "PendingWindowInDays": 7])
        }
        #expect(try await listed().count == 2)
        kms.clock.advance(days: 7)
        #expect(try await kms.runDueTasks() == 2)
        #expect(try await listed() == [])
        #expect(try await entries() == [])
    }

    @Test func `is found again from a key that was stored and read`() async throws {
        // Half a millisecond and the like, which a number that was written and read may round another way.
        for fraction in [0, 0.0005, 0.0014999999, 0.9995, 0.123_456_789] {
            let made = Date(timeIntervalSince1970: 1_795_327_120 + fraction)
            let key = Key(
                locator: KeyLocator(
                    try #require(Region("us-east-1")),
                    .generate(multiRegion: false, at: .now)
                ),
                account: try #require(AccountID("111122223333")),
                createdAt: made,
                spec: .symmetricDefault,
                usage: .encryptDecrypt,
                origin: .awsKMS,
                manager: .customer,
                description: "",
                policy: .standard(for: try #require(AccountID("111122223333"))),
                tags: [],
                multiRegion: nil
            )
            let record = Record(key: key.locator.recordKey, value: try RecordCodec.encode(key), version: 1)
            let read = try RecordCodec.decode(Key.self, from: record)
            #expect(read.accountRecordKey == key.accountRecordKey && read == key)
            #expect(abs(read.createdAt.timeIntervalSince(made)) <= 0.000_51)
        }
    }

    @Test(arguments: ["", "/", "a/b/c", "111122223333/us-east-1/", "111122223333/us-east-1/000/é"])
    func `takes no other text for a key`(_ path: String) {
        #expect(KeyUniqueID(accountRecordPath: path) == nil)
    }
}
