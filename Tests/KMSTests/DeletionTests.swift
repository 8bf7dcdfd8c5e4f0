import Foundation
import KMS
import OperationsTesting
import Storage
import Testing

@Suite("Deletion of keys")
struct DeletionTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    private var now: Double { kms.clock.now.timeIntervalSince1970 }

    @Test(arguments: [0, 7, 30])
    func `waits as long as was asked for`(_ days: Int) async throws {
        let key = try await kms.makeKey()
        let ciphertext = try await kms.encrypt("text", under: key)
        var members: [String: Any] = ["KeyId": key]
        if days > 0 { members["PendingWindowInDays"] = days }
        let answer = try await kms.call("ScheduleKeyDeletion", members)
        let window = days > 0 ? Double(days) : 30
        #expect(try answer.text("KeyId") == kms.arn(key))
        #expect(try answer.text("KeyState") == "PendingDeletion")
        #expect(try answer.number("PendingWindowInDays") == window)
        #expect(try answer.number("DeletionDate") == now + window * 86_400)
        #expect(try await kms.metadata(of: key).number("DeletionDate") == now + window * 86_400)
        #expect(
            try await kms.failure("GenerateDataKey", ["KeyId": key, "KeySpec": "AES_256"])
                == "KMSInvalidStateException: \(kms.arn(key)) is pending deletion."
        )
        kms.clock.advance(to: now + window * 86_400 - 1)
        #expect(try await kms.runDueTasks() == 0)
        try await kms.call("CancelKeyDeletion", ["KeyId": key])
        #expect(try await kms.state(of: key) == "Disabled")
        try await kms.call("EnableKey", ["KeyId": key])
        kms.clock.advance(days: 1)
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await kms.decrypt(ciphertext) == "text")
    }

    @Test(arguments: [
        (6, "greater than or equal to 7"), (31, "less than or equal to 30"),
        (1, "greater than or equal to 7"),
    ])
    func `refuses a window out of range`(_ days: Int, _ rule: String) async throws {
        let key = try await kms.makeKey()
        #expect(
            try await kms.failure("ScheduleKeyDeletion", ["KeyId": key, "PendingWindowInDays": days])
                == "ValidationException: 1 validation error detected: Value '\(days)' at "
                + "'pendingWindowInDays' failed to satisfy constraint: Member must have value \(rule)"
        )
        #expect(try await kms.state(of: key) == "Enabled")
    }

    @Test func `is scheduled once, and cancelled only when scheduled`() async throws {
        let key = try await kms.makeKey()
        #expect(
            try await kms.failure("CancelKeyDeletion", ["KeyId": key])
                == "KMSInvalidStateException: \(kms.arn(key)) is not pending deletion "
                + "(or pending replica deletion)."
        )
        try await kms.call("ScheduleKeyDeletion", ["KeyId": key])
        #expect(
            try await kms.failure("ScheduleKeyDeletion", ["KeyId": key])
                == "KMSInvalidStateException: \(kms.arn(key)) is pending deletion."
        )
        #expect(try await kms.call("CancelKeyDeletion", ["KeyId": key]).text("KeyId") == kms.arn(key))
    }

    @Test func `leaves nothing of the key in the store`() async throws {
        let key = try await kms.makeKey(["Tags": [["TagKey": "a", "TagValue": "1"]]])
        let kept = try await kms.makeKey()
        let ciphertext = try await kms.encrypt("text", under: key)
        try await kms.call("EnableKeyRotation", ["KeyId": key])
        for name in ["alias/one", "alias/two"] {
            try await kms.call("CreateAlias", ["AliasName": name, "TargetKeyId": key])
        }
        try await kms.call("CreateAlias", ["AliasName": "alias/kept", "TargetKeyId": kept])
        for count in 1...3 {
            let grant: [String: Any] = [
                "GranteePrincipal": "arn:aws:iam::\(KMSDeployment.account):user/alice",
                "RetiringPrincipal": "arn:aws:iam::\(KMSDeployment.account):user/bob",
                "Operations": ["Encrypt"], "Name": "grant-\(count)",
            ]
            try await kms.call("CreateGrant", grant.merging(["KeyId": key]) { $1 })
            try await kms.call("CreateGrant", grant.merging(["KeyId": kept]) { $1 })
        }
        try await kms.service.flushLastUsage()
        #expect(try await kms.records(naming: key).count >= 14)
        let others = try await kms.records(naming: kept)
        try await kms.call("ScheduleKeyDeletion", ["KeyId": key, "PendingWindowInDays": 7])
        kms.clock.advance(days: 7)
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await kms.records(naming: key) == [])
        #expect(try await kms.records(naming: kept) == others)
        #expect(
            try await kms.failure("DescribeKey", ["KeyId": key])
                == "NotFoundException: Key '\(kms.arn(key))' does not exist"
        )
        #expect(try await kms.code("DescribeKey", ["KeyId": "alias/one"]) == "NotFoundException")
        #expect(try await kms.decrypt(ciphertext) == "AccessDeniedException")
        let listed = try await kms.call("ListKeys").objects("Keys").map { try $0.text("KeyId") }
        #expect(listed == [kept])
        let retirable = try await kms.call(
            "ListRetirableGrants",
            ["RetiringPrincipal": "arn:aws:iam::\(KMSDeployment.account):user/bob"]
        )
        #expect(try retirable.objects("Grants").count == 3)
        let events = try kms.serviceEvents("DeleteKey")
        #expect(try events.map { try $0.object("serviceEventDetails").text("keyId") } == [key])
        try await kms.call("CreateAlias", ["AliasName": "alias/one", "TargetKeyId": kept])
        #expect(try await kms.metadata(of: "alias/one").text("KeyId") == kept)
    }

    @Test func `erases more grants than one commit holds`() async throws {
        let key = try await kms.makeKey()
        let made = try await kms.call(
            "CreateGrant",
            [
                "KeyId": key, "GranteePrincipal": "arn:aws:iam::\(KMSDeployment.account):user/alice",
                "Operations": ["Encrypt"],
            ]
        )
        let id = try made.text("GrantId")
        let path = RecordKey(RecordKind("kms.grant"), "us-east-1/\(key)/\(id)")
        let grant = String(decoding: try #require(try await kms.sealed.read(path)).value, as: UTF8.self)
        let copies = (1...650).map { number in
            let other = String(repeating: "0", count: 60) + String(1000 + number)
            return Write.put(
                RecordKey(path.kind, "us-east-1/\(key)/\(other)"),
                Array(grant.replacing(id, with: other).utf8),
                expecting: .absent
            )
        }
        _ = try await kms.sealed.commit(copies)
        #expect(try await kms.records(naming: key).count > 650)
        try await kms.call("ScheduleKeyDeletion", ["KeyId": key, "PendingWindowInDays": 7])
        kms.clock.advance(days: 7)
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await kms.records(naming: key) == [])
    }

    @Test func `of a primary waits for its replicas, and then as long again`() async throws {
        let key = try await kms.makeKey(["MultiRegion": true])
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "ap-south-1"])
        let answer = try await kms.call("ScheduleKeyDeletion", ["KeyId": key, "PendingWindowInDays": 10])
        #expect(try answer.text("KeyState") == "PendingReplicaDeletion")
        #expect(answer["DeletionDate"] == nil)
        #expect(try await kms.metadata(of: key).number("PendingDeletionWindowInDays") == 10)
        let far = kms.asking(as: kms.caller, in: "ap-south-1")
        for side in [kms.abroad, far] {
            try await side.call("ScheduleKeyDeletion", ["KeyId": key, "PendingWindowInDays": 7])
            kms.clock.advance(days: 1)
        }
        kms.clock.advance(days: 5)
        #expect(try await kms.runDueTasks() == 1)
        let configuration = try await kms.metadata(of: key).object("MultiRegionConfiguration")
        #expect(try configuration.objects("ReplicaKeys").map { try $0.text("Region") } == ["ap-south-1"])
        #expect(try await kms.state(of: key) == "PendingReplicaDeletion")
        kms.clock.advance(days: 1)
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await kms.state(of: key) == "PendingDeletion")
        #expect(try await kms.metadata(of: key).number("DeletionDate") == now + 10 * 86_400)
        kms.clock.advance(days: 10)
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await kms.records(naming: key) == [])
        #expect(try kms.serviceEvents("DeleteKey").count == 3)
    }

    @Test func `of a primary that waits for its replicas can be cancelled`() async throws {
        let key = try await kms.makeKey(["MultiRegion": true])
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
        try await kms.call("ScheduleKeyDeletion", ["KeyId": key])
        try await kms.call("CancelKeyDeletion", ["KeyId": key])
        #expect(try await kms.state(of: key) == "Disabled")
        #expect(try await kms.abroad.state(of: key) == "Enabled")
    }

    @Test func `of a replica leaves the others, and another can be made in its place`() async throws {
        let key = try await kms.makeKey(["MultiRegion": true])
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
        let ciphertext = try await kms.abroad.encrypt("text", under: key)
        try await kms.abroad.call(
            "CreateGrant",
            [
                "KeyId": key, "GranteePrincipal": "arn:aws:iam::\(KMSDeployment.account):user/alice",
                "Operations": ["Decrypt"], "Name": "old",
            ]
        )
        try await kms.abroad.call("ScheduleKeyDeletion", ["KeyId": key, "PendingWindowInDays": 7])
        kms.clock.advance(days: 7)
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await kms.decrypt(ciphertext) == "text")
        #expect(try await kms.abroad.decrypt(ciphertext) == "AccessDeniedException")
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
        #expect(try await kms.abroad.decrypt(ciphertext) == "text")
        #expect(try await kms.abroad.call("ListGrants", ["KeyId": key]).objects("Grants").isEmpty)
    }

    @Test func `can be bound to a window by a policy`() async throws {
        let key = try await kms.makeKey()
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"},"#
            + #"{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"NumericLessThan":"#
            + #"{"kms:ScheduleKeyDeletionPendingWindowInDays":"30"}}}]}"#
        let alice = kms.asking(as: try KMSDeployment.user("alice", policy))
        #expect(
            try await alice.code("ScheduleKeyDeletion", ["KeyId": key, "PendingWindowInDays": 29])
                == "AccessDeniedException"
        )
        #expect(try await kms.state(of: key) == "Enabled")
        #expect(try await alice.code("ScheduleKeyDeletion", ["KeyId": key]) == "no error")
    }
}
