import AWSProtocol
import Cryptography
import Foundation
import KMS
import Operations
import OperationsTesting
import Scheduling
import Storage
import Synchronization
import Testing
import Trail

@Suite("The scheduler")
struct KeySchedulerTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    /// A key with a rotation that is due, one with material that expires, and one that is to be erased.
    private func makeDueKeys() async throws -> (rotating: String, expiring: String, ending: String) {
        let rotating = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": rotating, "RotationPeriodInDays": 90])
        let expiring = try await kms.makeExternalKey()
        let validTo = kms.clock.now.timeIntervalSince1970 + 86_400
        try await kms.importMaterial(KMSDeployment.material(1), into: expiring, ["ValidTo": validTo])
        let ending = try await kms.makeKey()
        try await kms.call("ScheduleKeyDeletion", ["KeyId": ending])
        kms.clock.advance(days: 91)
        return (rotating, expiring, ending)
    }

    @Test func `of many nodes at once carries out each task exactly once`() async throws {
        let keys = try await makeDueKeys()
        let others = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 1...5 {
                group.addTask {
                    let key = try await kms.makeKey(["MultiRegion": true])
                    try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 90])
                    try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
                    return key
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        kms.clock.advance(days: 90)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...6 {
                group.addTask { try await kms.runDueTasks() }
            }
            return try await group.reduce(0, +)
        }
        #expect(count == 8)
        for key in others {
            #expect(try await kms.materials(of: key).count == 2)
            #expect(try await kms.abroad.materials(of: key).count == 2)
        }
        #expect(try await kms.materials(of: keys.rotating).count == 2)
        #expect(try await kms.state(of: keys.expiring) == "PendingImport")
        #expect(try await kms.records(naming: keys.ending) == [])
        #expect(try kms.serviceEvents("RotateKey").count == 11)
        #expect(try kms.serviceEvents("DeleteKey").count == 1)
        #expect(try kms.serviceEvents("DeleteExpiredKeyMaterial").count == 1)
        let ids = try kms.trail.events().map { try $0.text("eventID") }
        #expect(Set(ids).count == ids.count)
    }

    @Test func `goes on with other keys when a record is broken`() async throws {
        let keys = try await makeDueKeys()
        let broken = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": broken, "RotationPeriodInDays": 90])
        let record = RecordKey(RecordKind("kms.key"), "us-east-1/\(broken)")
        let sealed = try #require(try await kms.store.read(record))
        var flipped = sealed.value
        flipped[flipped.count / 2] ^= 1
        _ = try await kms.store.commit([.put(record, flipped, expecting: .any)])
        kms.clock.advance(days: 91)
        let failures = Mutex<[String]>([])
        _ = try await kms.sealed.commit([
            .put(RecordKey(RecordKind("kms.schedule"), "000000000001/dance/x"), [], expecting: .absent)
        ])
        let scheduler = kms.scheduler { key, _ in failures.withLock { $0.append(key.key) } }
        #expect(try await scheduler.runDueTasks(at: kms.clock.now) == 3)
        let failed = failures.withLock { $0 }
        #expect(failed.count == 2)
        #expect(failed.contains("000000000001/dance/x"))
        #expect(failed.contains { $0.hasSuffix("/rotate/us-east-1/\(broken)") })
        #expect(try await kms.materials(of: keys.rotating).count == 2)
    }

    @Test func `forgets tasks that their keys do not have`() async throws {
        let key = try await kms.makeKey()
        let stray = [
            "000000000002/rotate/us-east-1/\(key)", "000000000003/delete/us-east-1/\(key)",
            "000000000004/expire/us-east-1/11111111-2222-4333-8444-555555555555",
        ]
        _ = try await kms.sealed.commit(
            stray.map { .put(RecordKey(RecordKind("kms.schedule"), $0), [], expecting: .absent) }
        )
        #expect(try await kms.runDueTasks() == 0)
        #expect(
            try await kms.sealed.scan(RecordKind("kms.schedule"), prefix: "", after: nil, limit: 10) == []
        )
        #expect(try await kms.state(of: key) == "Enabled")
    }

    @Test func `puts a task that lies at the wrong time where it belongs`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 90])
        let kind = RecordKind("kms.schedule")
        let planned = try await kms.sealed.scan(kind, prefix: "", after: nil, limit: 10).map(\.key)
        _ = try await kms.sealed.commit(
            planned.map { .delete($0, expecting: .any) } + [
                .put(RecordKey(kind, "000000000002/rotate/us-east-1/\(key)"), [], expecting: .absent)
            ]
        )
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await kms.sealed.scan(kind, prefix: "", after: nil, limit: 10).map(\.key) == planned)
    }

    /// Runs a scheduler whose trail fails, and expects it to say so.
    private func runUnaudited(_ trail: TestTrail) async {
        let scheduler = KeyScheduler(kms.service, recorder: AuditRecorder(writer: trail.writer)) { _, _ in }
        let error = await #expect(throws: KMSError.self) {
            try await scheduler.runDueTasks(at: kms.clock.now)
        }
        guard case .auditUnavailable = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }

    @Test func `changes nothing when the trail cannot be written`() async throws {
        let closed = try TestTrail(kms.clock)
        try closed.writer.close()
        let keys = try await makeDueKeys()
        let before = try await kms.records()
        await runUnaudited(closed)
        #expect(try await kms.records() == before)
        #expect(try await kms.runDueTasks() == 3)
        #expect(try await kms.state(of: keys.expiring) == "PendingImport")
    }

    @Test func `keeps its events when the trail fails in the midst of a run`() async throws {
        let failing = try TestTrail(kms.clock)
        try failing.writer.append([Array("{}".utf8)], lane: 0)
        _ = try await makeDueKeys()
        // The next segment, due by the age of the last, has nowhere to go.
        try FileManager.default.removeItem(at: failing.directory)
        await runUnaudited(failing)
        #expect(try kms.serviceEvents("RotateKey").isEmpty)
        #expect(try await kms.runDueTasks() == 0)
        for name in ["RotateKey", "DeleteKey", "DeleteExpiredKeyMaterial"] {
            #expect(try kms.serviceEvents(name).count == 1, "\(name)")
        }
    }

    @Test func `writes an event that a crash left behind, once its claim has run out`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("RotateKeyOnDemand", ["KeyId": key])
        let kind = RecordKind("kms.service-event")
        let waiting = try #require(try await kms.sealed.scan(kind, prefix: "", after: nil, limit: 10).first)
        // A node that claimed it a moment ago and is no more.
        var event = try #require(
            try JSONSerialization.jsonObject(with: Data(waiting.value)) as? [String: Any]
        )
        event["claimedUntil"] = kms.clock.now.timeIntervalSince1970 + 30
        let claimed = [UInt8](try JSONSerialization.data(withJSONObject: event))
        _ = try await kms.sealed.commit([.put(waiting.key, claimed, expecting: .any)])
        try await kms.runDueTasks()
        #expect(try kms.serviceEvents("RotateKey").isEmpty)
        kms.clock.advance(seconds: 31)
        try await kms.runDueTasks()
        let events = try kms.serviceEvents("RotateKey")
        #expect(try events.map { try $0.text("eventID") } == [event["id"] as? String])
        #expect(try await kms.sealed.scan(kind, prefix: "", after: nil, limit: 10) == [])
    }

    @Test func `finishes the erasure that a crash interrupted`() async throws {
        let key = try await kms.makeKey()
        try await kms.call(
            "CreateGrant",
            [
                "KeyId": key, "GranteePrincipal": "arn:aws:iam::\(KMSDeployment.account):user/alice",
                "RetiringPrincipal": "arn:aws:iam::\(KMSDeployment.account):user/bob",
                "Operations": ["Encrypt"], "Name": "named",
            ]
        )
        let path = "us-east-1/\(key)"
        let listed = try await kms.sealed.scan(
            RecordKind("kms.key-of-account"),
            prefix: "",
            after: nil,
            limit: 10
        )
        _ = try await kms.sealed.commit([
            .delete(RecordKey(RecordKind("kms.key"), path), expecting: .any),
            .delete(try #require(listed.first).key, expecting: .any),
            .put(RecordKey(RecordKind("kms.schedule"), "000000000001/erase/\(path)"), [], expecting: .any),
        ])
        #expect(try await kms.records(naming: key).count == 4)
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await kms.records(naming: key) == [])
    }

    @Test func `does not touch the grants of a key that is there`() async throws {
        let key = try await kms.makeKey()
        try await kms.call(
            "CreateGrant",
            [
                "KeyId": key, "GranteePrincipal": "arn:aws:iam::\(KMSDeployment.account):user/alice",
                "Operations": ["Encrypt"],
            ]
        )
        _ = try await kms.sealed.commit([
            .put(
                RecordKey(RecordKind("kms.schedule"), "000000000001/erase/us-east-1/\(key)"),
                [],
                expecting: .any
            )
        ])
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await kms.call("ListGrants", ["KeyId": key]).objects("Grants").count == 1)
    }

    @Test func `stops when the store is closed`() async throws {
        _ = try await makeDueKeys()
        await kms.store.close()
        let failures = Mutex(0)
        let scheduler = kms.scheduler { _, _ in failures.withLock { $0 += 1 } }
        await #expect(throws: KMSError.self) { try await scheduler.runDueTasks(at: kms.clock.now) }
        #expect(failures.withLock { $0 } == 0)
    }
}
