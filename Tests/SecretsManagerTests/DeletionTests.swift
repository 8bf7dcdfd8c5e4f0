import Foundation
import OperationsTesting
import Storage
import Testing

@testable import SecretsManager

@Suite("Deletion of secrets")
struct DeletionTests {
    private let secrets: SecretsDeployment

    init() throws { secrets = try SecretsDeployment() }

    private static let marked =
        "InvalidRequestException: You can't perform this operation on the secret because it was marked for "
        + "deletion."

    @Test func `waits, hides the value, and can be taken back`() async throws {
        try await secrets.makeSecret("s")
        try await secrets.call("DeleteSecret", ["SecretId": "s", "RecoveryWindowInDays": 7])
        let before = try await secrets.records()
        let token = SecretsDeployment.token(2)
        for (operation, members): (String, [String: Any]) in [
            ("GetSecretValue", [:]), ("PutSecretValue", ["SecretString": "x", "ClientRequestToken": token]),
            ("UpdateSecret", ["Description": "x"]), ("TagResource", ["Tags": [["Key": "a", "Value": "b"]]]),
            ("UntagResource", ["TagKeys": ["a"]]), ("DeleteSecret", [:]), ("GetResourcePolicy", [:]),
            ("DeleteResourcePolicy", [:]),
            ("UpdateSecretVersionStage", ["VersionStage": "a", "MoveToVersionId": token]),
        ] {
            let failure = try await secrets.failure(operation, members.merging(["SecretId": "s"]) { $1 })
            #expect(failure == Self.marked, "\(operation)")
        }
        #expect(
            try await secrets.failure(
                "CreateSecret",
                ["Name": "s", "SecretString": "x", "ClientRequestToken": token]
            )
                == "InvalidRequestException: You can't create this secret because a secret with this name is "
                + "already scheduled for deletion."
        )
        #expect(try await secrets.records() == before)
        #expect(try await secrets.call("DescribeSecret", ["SecretId": "s"])["DeletedDate"] != nil)
        try await secrets.call("RestoreSecret", ["SecretId": "s"])
        #expect(try await secrets.value("s") == "one")
        secrets.clock.advance(days: 60)
        #expect(try await secrets.runDueTasks() == 0)
        #expect(try await secrets.value("s") == "one")
    }

    @Test func `erases all of a secret when the window is over, once`() async throws {
        try await secrets.makeSecret("s")
        try await secrets.put("s", "two", 2)
        try await secrets.call("DeleteSecret", ["SecretId": "s", "RecoveryWindowInDays": 7])
        secrets.clock.advance(days: 6.99)
        #expect(try await secrets.runDueTasks() == 0)
        secrets.clock.advance(days: 0.02)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { [secrets] in try await secrets.runDueTasks() } }
            return try await group.reduce(0, +)
        }
        #expect(count == 1)
        _ = try await secrets.runDueTasks()
        #expect(try await secrets.records() == [])
        #expect(try secrets.trail.text().contains("EndSecretVersionDelete"))
        #expect(try await secrets.failure("DescribeSecret", ["SecretId": "s"]).hasPrefix("ResourceNotFound"))
    }

    @Test func `goes on where its entry in the schedule is a wrong one`() async throws {
        try await secrets.makeSecret("s")
        try await secrets.call("DeleteSecret", ["SecretId": "s", "RecoveryWindowInDays": 7])
        let kind = RecordKind("secrets.schedule")
        let right = try #require(try await secrets.store.scan(kind, prefix: "", after: nil, limit: 9).first)
        let wrong = RecordKey(kind, "000000000001/111122223333/us-east-1/s")
        let broken = RecordKey(kind, "000000000002/dance")
        _ = try await secrets.sealed.commit([
            .delete(right.key, expecting: .any), .put(wrong, [], expecting: .any),
            .put(broken, [], expecting: .any),
        ])
        #expect(try await secrets.runDueTasks() == 0)
        secrets.clock.advance(days: 7.1)
        #expect(try await secrets.runDueTasks() == 1)
    }

    @Test func `erases more values than one batch holds, or none`() async throws {
        let keys = (0..<1500).map { RecordKey(.secretValue, "s:\($0)") }
        for part in [keys[..<750], keys[750...]] {
            _ = try await secrets.sealed.commit(part.map { .put($0, [1], expecting: .absent) })
        }
        let erasure = keys.map { Write.delete($0, expecting: .any) }
        let wrong = Write.check(RecordKey(.secret, "none"), expecting: .version(1))
        #expect(try await secrets.service.commitUnlessOvertaken([wrong] + erasure) == false)
        #expect(try await secrets.store.read(keys[1499]) != nil)
        #expect(try await secrets.service.commitUnlessOvertaken(erasure))
        #expect(try await secrets.records() == [])
    }

    @Test func `by force is at once, and no error for what is not there`() async throws {
        try await secrets.makeSecret("s")
        let force: [String: Any] = ["SecretId": "s", "ForceDeleteWithoutRecovery": true]
        try await secrets.call("DeleteSecret", force)
        #expect(try await secrets.records() == [])
        #expect(try await secrets.call("DeleteSecret", force).text("Name") == "s")
        #expect(try await secrets.failure("DeleteSecret", ["SecretId": "s"]).hasPrefix("ResourceNot"))
    }

    @Test(arguments: [6, 31, 0, -1]) func `refuses a window of`(_ days: Int) async throws {
        try await secrets.makeSecret("s")
        let before = try await secrets.records()
        let members: [String: Any] = ["SecretId": "s", "RecoveryWindowInDays": days]
        #expect(try await secrets.failure("DeleteSecret", members).hasPrefix("InvalidParameterException"))
        #expect(try await secrets.records() == before)
    }
}
