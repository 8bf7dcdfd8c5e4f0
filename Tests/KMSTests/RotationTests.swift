import Foundation
import KMS
import OperationsTesting
import Testing

@Suite("Automatic rotation")
struct RotationTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    private var now: Double { kms.clock.now.timeIntervalSince1970 }

    private func status(of key: String) async throws -> Answer {
        try await kms.call("GetKeyRotationStatus", ["KeyId": key])
    }

    @Test func `is off for a new key`() async throws {
        let key = try await kms.makeKey()
        let status = try await status(of: key)
        #expect(try !status.flag("KeyRotationEnabled"))
        #expect(try status.text("KeyId") == key)
        #expect(status["NextRotationDate"] == nil)
        #expect(status["RotationPeriodInDays"] == nil)
    }

    @Test(arguments: [(0, 365.0), (90, 90), (2560, 2560)])
    func `counts its period from the call that enabled it`(_ period: Int, _ days: Double) async throws {
        let key = try await kms.makeKey()
        var members: [String: Any] = ["KeyId": key]
        if period > 0 { members["RotationPeriodInDays"] = period }
        try await kms.call("EnableKeyRotation", members)
        let status = try await status(of: key)
        #expect(try status.flag("KeyRotationEnabled"))
        #expect(try status.number("RotationPeriodInDays") == days)
        #expect(try status.number("NextRotationDate") == now + days * 86_400)
    }

    @Test(arguments: [89, 2561])
    func `refuses a period out of range`(_ days: Int) async throws {
        let key = try await kms.makeKey()
        let rule = days < 90 ? "greater than or equal to 90" : "less than or equal to 2560"
        #expect(
            try await kms.failure("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": days])
                == "ValidationException: 1 validation error detected: Value '\(days)' at "
                + "'rotationPeriodInDays' failed to satisfy constraint: Member must have value \(rule)"
        )
        #expect(try await !status(of: key).flag("KeyRotationEnabled"))
    }

    @Test func `keeps its date when enabled again alike, and counts anew with another period`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": key])
        let first = try await status(of: key).number("NextRotationDate")
        kms.clock.advance(days: 10)
        try await kms.call("EnableKeyRotation", ["KeyId": key])
        #expect(try await status(of: key).number("NextRotationDate") == first)
        try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 100])
        #expect(try await status(of: key).number("NextRotationDate") == now + 100 * 86_400)
    }

    @Test func `makes new material on its day, once, and goes on with the period`() async throws {
        let key = try await kms.makeKey()
        let old = try await kms.encrypt("before", under: key)
        try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 90])
        let due = try await status(of: key).number("NextRotationDate")
        kms.clock.advance(to: due - 1)
        #expect(try await kms.runDueTasks() == 0)
        kms.clock.advance(to: due)
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await kms.materialStates(of: key) == ["NON_CURRENT", "CURRENT"])
        let new = try await kms.encrypt("after", under: key)
        #expect(try await kms.decrypt(old) == "before")
        #expect(try await kms.decrypt(new) == "after")
        #expect(try await status(of: key).number("NextRotationDate") == due + 90 * 86_400)
        let listed = try await kms.call("ListKeyRotations", ["KeyId": key]).objects("Rotations")
        #expect(try listed.map { try $0.text("RotationType") } == ["AUTOMATIC"])
        #expect(try listed.map { try $0.number("RotationDate") } == [now])
        let current = try await kms.metadata(of: key).text("CurrentKeyMaterialId")
        #expect(try listed.map { try $0.text("KeyMaterialId") } == [current])
    }

    @Test func `is told to the trail as an event of the service`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 90])
        kms.clock.advance(days: 91)
        try await kms.runDueTasks()
        try await kms.runDueTasks()
        let events = try kms.serviceEvents("RotateKey")
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(try event.text("awsRegion") == "us-east-1")
        #expect(try event.text("recipientAccountId") == KMSDeployment.account)
        #expect(try event.text("eventSource") == "kms.amazonaws.com")
        #expect(try event.object("userIdentity").text("invokedBy") == "AWS Internal")
        #expect(try event.objects("resources").map { try $0.text("ARN") } == [kms.arn(key)])
        let details = try event.object("serviceEventDetails")
        #expect(try details.text("keyId") == key)
        #expect(try details.text("rotationType") == "AUTOMATIC")
        let current = try await kms.metadata(of: key).text("CurrentKeyMaterialId")
        #expect(try details.text("currentKeyMaterialId") == current)
    }

    @Test func `does not drift when it runs late`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 90])
        let due = now + 90 * 86_400
        kms.clock.advance(to: due + 3_600)
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await status(of: key).number("NextRotationDate") == due + 90 * 86_400)
    }

    @Test func `waits while the key is disabled and comes as soon as it is enabled`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": key])
        try await kms.call("DisableKey", ["KeyId": key])
        kms.clock.advance(days: 500)
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await status(of: key).flag("KeyRotationEnabled"))
        try await kms.call("EnableKey", ["KeyId": key])
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await status(of: key).number("NextRotationDate") == now + 365 * 86_400)
    }

    @Test func `rests while deletion is pending and is there again when that is cancelled`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 90])
        kms.clock.advance(days: 89)
        try await kms.call("ScheduleKeyDeletion", ["KeyId": key])
        kms.clock.advance(days: 2)
        #expect(try await kms.runDueTasks() == 0)
        let pending = try await status(of: key)
        #expect(try !pending.flag("KeyRotationEnabled"))
        #expect(pending["NextRotationDate"] == nil)
        try await kms.call("CancelKeyDeletion", ["KeyId": key])
        #expect(try await status(of: key).flag("KeyRotationEnabled"))
    }

    @Test func `ends with DisableKeyRotation`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 90])
        try await kms.call("DisableKeyRotation", ["KeyId": key])
        kms.clock.advance(days: 91)
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await kms.materialStates(of: key) == ["CURRENT"])
        try await kms.call("DisableKeyRotation", ["KeyId": key])
    }

    @Test(arguments: ["EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus"])
    func `is for symmetric keys with our own material alone`(_ operation: String) async throws {
        let hmac = try await kms.makeKey(["KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"])
        #expect(try await kms.failure(operation, ["KeyId": hmac]) == "UnsupportedOperationException")
        let pair = try await kms.makeKey(["KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"])
        #expect(try await kms.failure(operation, ["KeyId": pair]) == "UnsupportedOperationException")
        let external = try await kms.makeExternalKey()
        #expect(
            try await kms.failure(operation, ["KeyId": external])
                == "UnsupportedOperationException: \(kms.arn(external)) origin is EXTERNAL "
                + "which is not valid for this operation."
        )
    }

    @Test func `of an AWS managed key goes on every year, and nobody can set it`() async throws {
        let key = try await kms.metadata(of: "alias/aws/s3").text("KeyId")
        let status = try await status(of: key)
        #expect(try status.flag("KeyRotationEnabled"))
        #expect(try status.number("RotationPeriodInDays") == 365)
        for operation in ["EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"] {
            #expect(try await kms.code(operation, ["KeyId": key]) == "AccessDeniedException")
        }
        kms.clock.advance(days: 365)
        #expect(try await kms.runDueTasks() == 1)
    }

    @Test func `can be bound to a period by a policy`() async throws {
        let key = try await kms.makeKey()
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:EnableKeyRotation","#
            + #""Resource":"*","Condition":{"NumericLessThanEquals":{"kms:RotationPeriodInDays":"180"}}}]}"#
        let alice = kms.asking(as: try KMSDeployment.user("alice", policy))
        #expect(try await alice.code("EnableKeyRotation", ["KeyId": key]) == "AccessDeniedException")
        #expect(
            try await alice.code("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 180])
                == "no error"
        )
    }
}
