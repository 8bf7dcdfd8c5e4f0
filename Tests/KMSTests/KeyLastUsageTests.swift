import Foundation
import KMS
import OperationsTesting
import Storage
import Testing

@Suite("GetKeyLastUsage")
struct KeyLastUsageTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    private func usage(of key: String, in side: KMSDeployment? = nil) async throws -> Answer {
        try await (side ?? kms).call("GetKeyLastUsage", ["KeyId": key])
    }

    @Test func `is empty for a key that was never used`() async throws {
        let key = try await kms.makeKey()
        let created = kms.clock.now.timeIntervalSince1970
        kms.clock.advance(days: 3)
        let answer = try await usage(of: key)
        #expect(try answer.text("KeyId") == key)
        #expect(try answer.object("KeyLastUsage").members.isEmpty)
        #expect(try answer.number("KeyCreationDate") == created)
        #expect(try answer.number("TrackingStartDate") == created)
    }

    @Test func `names the last successful operation, its event and its request`() async throws {
        let key = try await kms.makeKey()
        let ciphertext = try await kms.encrypt("text", under: key)
        kms.clock.advance(days: 1)
        #expect(try await kms.decrypt(ciphertext) == "text")
        #expect(try await kms.decrypt(Array(ciphertext.dropLast())) == "InvalidCiphertextException")
        _ = try await kms.metadata(of: key)
        let last = try await usage(of: key).object("KeyLastUsage")
        #expect(try last.text("Operation") == "Decrypt")
        #expect(try last.number("Timestamp") == kms.clock.now.timeIntervalSince1970)
        let event = try #require(
            try kms.trail.events().first { try $0.text("eventID") == last.text("CloudTrailEventId") }
        )
        #expect(try event.text("eventName") == "Decrypt")
        #expect(try event.text("requestID") == last.text("KmsRequestId"))
    }

    @Test func `is the same after it was written down`() async throws {
        let key = try await kms.makeKey()
        _ = try await kms.encrypt("text", under: key)
        let before = try await usage(of: key).object("KeyLastUsage").text("CloudTrailEventId")
        try await kms.runDueTasks()
        let record = RecordKey(RecordKind("kms.last-usage"), "us-east-1/\(key)")
        #expect(try await kms.sealed.read(record) != nil)
        #expect(try await usage(of: key).object("KeyLastUsage").text("CloudTrailEventId") == before)
    }

    @Test func `is not set back by a node that writes late`() async throws {
        let key = try await kms.makeKey()
        _ = try await kms.encrypt("text", under: key)
        let record = RecordKey(RecordKind("kms.last-usage"), "us-east-1/\(key)")
        let later = kms.clock.now.timeIntervalSince1970 + 60
        let value =
            #"{"operation":"Sign","date":\#(later),"eventID":"0a0b0c0d-0001-4002-8003-0405060708ff","requestID":"0a0b0c0d-0001-4002-8003-040506070809"}"#
        _ = try await kms.sealed.commit([.put(record, Array(value.utf8), expecting: .absent)])
        try await kms.runDueTasks()
        let last = try await usage(of: key).object("KeyLastUsage")
        #expect(try last.text("CloudTrailEventId") == "0a0b0c0d-0001-4002-8003-0405060708ff")
    }

    @Test func `tells each Region's own use`() async throws {
        let key = try await kms.makeKey(["MultiRegion": true])
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
        _ = try await kms.abroad.encrypt("text", under: key)
        #expect(try await usage(of: key).object("KeyLastUsage").members.isEmpty)
        #expect(
            try await usage(of: key, in: kms.abroad).object("KeyLastUsage").text("Operation") == "Encrypt"
        )
    }

    @Test func `of a key that was erased is not written down`() async throws {
        let key = try await kms.makeKey()
        _ = try await kms.encrypt("text", under: key)
        _ = try await kms.sealed.commit([
            .delete(RecordKey(RecordKind("kms.key"), "us-east-1/\(key)"), expecting: .any)
        ])
        try await kms.service.flushLastUsage()
        let record = RecordKey(RecordKind("kms.last-usage"), "us-east-1/\(key)")
        #expect(try await kms.sealed.read(record) == nil)
    }

    @Test func `knows no aliases`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("CreateAlias", ["AliasName": "alias/one", "TargetKeyId": key])
        #expect(try await kms.code("GetKeyLastUsage", ["KeyId": "alias/one"]) == "NotFoundException")
    }

    @Test func `keeps keys in use from deletion where a policy says so`() async throws {
        let key = try await kms.makeKey()
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"},"#
            + #"{"Effect":"Deny","Action":["kms:ScheduleKeyDeletion"],"Resource":"*","Condition":"#
            + #"{"NumericLessThan":{"kms:TrailingDaysWithoutKeyUsage":"90"}}}]}"#
        let alice = kms.asking(as: try KMSDeployment.user("alice", policy))
        let members = ["KeyId": key]
        kms.clock.advance(days: 80)
        _ = try await kms.encrypt("text", under: key)
        try await kms.runDueTasks()
        kms.clock.advance(days: 89)
        #expect(try await alice.code("ScheduleKeyDeletion", members) == "AccessDeniedException")
        kms.clock.advance(days: 1)
        #expect(try await alice.code("ScheduleKeyDeletion", members) == "no error")
        let unused = try await kms.makeKey()
        kms.clock.advance(days: 89)
        #expect(try await alice.code("ScheduleKeyDeletion", ["KeyId": unused]) == "AccessDeniedException")
        kms.clock.advance(days: 1)
        #expect(try await alice.code("ScheduleKeyDeletion", ["KeyId": unused]) == "no error")
    }
}
