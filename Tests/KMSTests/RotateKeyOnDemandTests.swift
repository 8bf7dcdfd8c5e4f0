import Foundation
import KMS
import OperationsTesting
import Testing

@Suite("RotateKeyOnDemand")
struct RotateKeyOnDemandTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    @Test func `makes new material at once and leaves the schedule alone`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": key])
        let before = try await kms.call("GetKeyRotationStatus", ["KeyId": key])
        kms.clock.advance(days: 1)
        #expect(try await kms.call("RotateKeyOnDemand", ["KeyId": key]).text("KeyId") == key)
        let after = try await kms.call("GetKeyRotationStatus", ["KeyId": key])
        #expect(try before.number("NextRotationDate") == after.number("NextRotationDate"))
        #expect(after["OnDemandRotationStartDate"] == nil)
        let listed = try await kms.call("ListKeyRotations", ["KeyId": key]).objects("Rotations")
        #expect(try listed.map { try $0.text("RotationType") } == ["ON_DEMAND"])
        try await kms.runDueTasks()
        let events = try kms.serviceEvents("RotateKey")
        #expect(
            try events.map { try $0.object("serviceEventDetails").text("rotationType") } == ["ON_DEMAND"]
        )
    }

    @Test func `is carried out 25 times, and every ciphertext still decrypts`() async throws {
        let key = try await kms.makeKey()
        var ciphertexts = [try await kms.encrypt("0", under: key)]
        for round in 1...25 {
            try await kms.call("RotateKeyOnDemand", ["KeyId": key])
            ciphertexts.append(try await kms.encrypt("\(round)", under: key))
        }
        #expect(
            try await kms.failure("RotateKeyOnDemand", ["KeyId": key])
                == "LimitExceededException: The on-demand rotations limit has been reached for the given "
                + "keyId. No more on-demand rotations can be performed for this key: \(kms.arn(key))"
        )
        for (round, ciphertext) in ciphertexts.enumerated() {
            #expect(try await kms.decrypt(ciphertext) == "\(round)")
        }
        let states = try await kms.materialStates(of: key)
        #expect(states.count == 26)
        #expect(states.filter { $0 == "CURRENT" }.count == 1)
        #expect(states.last == "CURRENT")
    }

    @Test func `is refused from 20 minutes before an automatic rotation until it is done`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 90])
        let due = kms.clock.now.timeIntervalSince1970 + 90 * 86_400
        kms.clock.advance(to: due - 20 * 60 - 1)
        try await kms.call("RotateKeyOnDemand", ["KeyId": key])
        kms.clock.advance(to: due - 20 * 60)
        #expect(try await kms.code("RotateKeyOnDemand", ["KeyId": key]) == "ConflictException")
        kms.clock.advance(to: due + 60)
        #expect(try await kms.code("RotateKeyOnDemand", ["KeyId": key]) == "ConflictException")
        #expect(try await kms.materials(of: key).count == 2)
        #expect(try await kms.runDueTasks() == 1)
        try await kms.call("RotateKeyOnDemand", ["KeyId": key])
        #expect(try await kms.materials(of: key).count == 4)
    }

    @Test(arguments: [("ECC_NIST_P256", "SIGN_VERIFY"), ("HMAC_512", "GENERATE_VERIFY_MAC")])
    func `is for symmetric keys alone`(_ spec: String, _ usage: String) async throws {
        let key = try await kms.makeKey(["KeySpec": spec, "KeyUsage": usage])
        #expect(
            try await kms.failure("RotateKeyOnDemand", ["KeyId": key]) == "UnsupportedOperationException"
        )
    }

    @Test func `of a key that does not exist says so`() async throws {
        let id = "11111111-2222-4333-8444-555555555555"
        #expect(
            try await kms.failure("RotateKeyOnDemand", ["KeyId": id])
                == "NotFoundException: Key '\(kms.arn(id))' does not exist"
        )
    }

    @Test func `of imported material needs new material that waits`() async throws {
        let key = try await kms.makeExternalKey()
        try await kms.importMaterial(KMSDeployment.material(1), into: key)
        let old = try await kms.encrypt("old", under: key)
        #expect(
            try await kms.failure("RotateKeyOnDemand", ["KeyId": key])
                == "KMSInvalidStateException: No available key material pending rotation for the key: "
                + "\(kms.arn(key))."
        )
        let next = try await kms.importMaterial(
            KMSDeployment.material(2),
            into: key,
            ["ImportType": "NEW_KEY_MATERIAL"]
        )
        #expect(try await kms.materialStates(of: key) == ["CURRENT", "PENDING_ROTATION"])
        try await kms.call("RotateKeyOnDemand", ["KeyId": key])
        #expect(try await kms.materialStates(of: key) == ["NON_CURRENT", "CURRENT"])
        #expect(try await kms.metadata(of: key).text("CurrentKeyMaterialId") == next)
        let new = try await kms.encrypt("new", under: key)
        #expect(try await kms.decrypt(old) == "old")
        #expect(try await kms.decrypt(new) == "new")
    }
}

@Suite("ListKeyRotations")
struct ListKeyRotationsTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    @Test func `pages through rotations, oldest first`() async throws {
        let key = try await kms.makeKey()
        for _ in 1...5 {
            kms.clock.advance(days: 1)
            try await kms.call("RotateKeyOnDemand", ["KeyId": key])
        }
        var dates: [Double] = []
        var pages = 0
        var members: [String: Any] = ["KeyId": key, "Limit": 2]
        repeat {
            let page = try await kms.call("ListKeyRotations", members)
            dates += try page.objects("Rotations").map { try $0.number("RotationDate") }
            members["Marker"] = page["NextMarker"]
            #expect(try page.flag("Truncated") == (page["NextMarker"] != nil))
            pages += 1
        } while members["Marker"] != nil
        #expect(pages == 3)
        #expect(dates.count == 5)
        #expect(dates == dates.sorted())
    }

    @Test func `shows the first material when asked for all`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("RotateKeyOnDemand", ["KeyId": key])
        let all = try await kms.materials(of: key)
        #expect(all.count == 2)
        #expect(all[0]["RotationDate"] == nil)
        #expect(all[0]["RotationType"] == nil)
        #expect(all[0]["ImportState"] == nil)
        #expect(try all[0].text("KeyId") == key)
        let rotations = try await kms.call(
            "ListKeyRotations",
            ["KeyId": key, "IncludeKeyMaterial": "ROTATIONS_ONLY"]
        )
        #expect(try rotations.objects("Rotations").count == 1)
    }

    @Test func `refuses asymmetric keys and markers it did not give`() async throws {
        let pair = try await kms.makeKey(["KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"])
        #expect(
            try await kms.failure("ListKeyRotations", ["KeyId": pair]) == "UnsupportedOperationException"
        )
        let key = try await kms.makeKey()
        for marker in ["x", "AAAA"] {
            let refusal = try await kms.code("ListKeyRotations", ["KeyId": key, "Marker": marker])
            #expect(refusal == "InvalidMarkerException")
        }
    }
}
