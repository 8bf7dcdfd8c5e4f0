import Foundation
import KMS
import OperationsTesting
import Testing

@Suite("Imported material of multi-Region keys")
struct MultiRegionImportTests {
    private let kms: KMSDeployment
    private let new = ["ImportType": "NEW_KEY_MATERIAL"]
    private let pendingEverywhere = ["CURRENT", "PENDING_ROTATION"]
    private let pendingSomewhere = ["CURRENT", "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"]

    init() throws { kms = try KMSDeployment() }

    /// A primary with imported material and a replica that has none yet.
    private func makeFamily() async throws -> String {
        let key = try await kms.makeExternalKey(["MultiRegion": true])
        try await kms.importMaterial(KMSDeployment.material(1), into: key)
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
        return key
    }

    @Test func `comes into each Region by itself`() async throws {
        let key = try await makeFamily()
        #expect(try await kms.abroad.state(of: key) == "PendingImport")
        #expect(
            try await kms.abroad.materials(of: key).map { try $0.text("ImportState") } == ["PENDING_IMPORT"]
        )
        let ciphertext = try await kms.encrypt("text", under: key)
        #expect(try await kms.abroad.decrypt(ciphertext) == "KMSInvalidStateException")
        let other = try await kms.abroad.importFailure(KMSDeployment.material(2), into: key)
        #expect(other.hasPrefix("IncorrectKeyMaterialException"))
        try await kms.abroad.importMaterial(KMSDeployment.material(1), into: key)
        #expect(try await kms.abroad.state(of: key) == "Enabled")
        #expect(try await kms.abroad.decrypt(ciphertext) == "text")
    }

    @Test func `goes in one Region without going in the other`() async throws {
        let key = try await makeFamily()
        try await kms.abroad.importMaterial(KMSDeployment.material(1), into: key)
        try await kms.call("DeleteImportedKeyMaterial", ["KeyId": key])
        #expect(try await kms.state(of: key) == "PendingImport")
        #expect(try await kms.abroad.state(of: key) == "Enabled")
    }

    @Test func `when new is imported at the primary, then everywhere, then rotated to`() async throws {
        let key = try await makeFamily()
        try await kms.abroad.importMaterial(KMSDeployment.material(1), into: key)
        let old = try await kms.encrypt("old", under: key)
        #expect(
            try await kms.abroad.importFailure(KMSDeployment.material(2), into: key, new)
                == "UnsupportedOperationException: \(kms.abroad.arn(key)) is not a multi-region primary key."
        )
        try await kms.importMaterial(KMSDeployment.material(2), into: key, new)
        #expect(try await kms.materialStates(of: key) == pendingSomewhere)
        #expect(try await kms.abroad.materialStates(of: key) == pendingSomewhere)
        #expect(
            try await kms.failure("RotateKeyOnDemand", ["KeyId": key])
                == "KMSInvalidStateException: No available key material pending rotation for the key: "
                + "\(kms.arn(key))."
        )
        try await kms.abroad.importMaterial(
            KMSDeployment.material(2),
            into: key,
            ["ImportType": "EXISTING_KEY_MATERIAL"]
        )
        #expect(try await kms.materialStates(of: key) == pendingEverywhere)
        #expect(try await kms.abroad.materialStates(of: key) == pendingEverywhere)
        try await kms.call("RotateKeyOnDemand", ["KeyId": key])
        for side in [kms, kms.abroad] {
            #expect(try await side.materialStates(of: key) == ["NON_CURRENT", "CURRENT"])
            #expect(try await side.state(of: key) == "Enabled")
            #expect(try await side.decrypt(old) == "old")
        }
        #expect(try await kms.abroad.decrypt(try await kms.encrypt("new", under: key)) == "new")
    }

    @Test func `that waits and is deleted at the primary goes in all Regions`() async throws {
        let key = try await makeFamily()
        try await kms.abroad.importMaterial(KMSDeployment.material(1), into: key)
        let id = try await kms.importMaterial(KMSDeployment.material(2), into: key, new)
        try await kms.abroad.importMaterial(KMSDeployment.material(2), into: key)
        try await kms.call("DeleteImportedKeyMaterial", ["KeyId": key, "KeyMaterialId": id])
        for side in [kms, kms.abroad] {
            #expect(try await side.materialStates(of: key) == ["CURRENT"])
            #expect(try await side.state(of: key) == "Enabled")
        }
    }

    @Test func `that waits and is deleted at a replica keeps the family from rotating`() async throws {
        let key = try await makeFamily()
        try await kms.abroad.importMaterial(KMSDeployment.material(1), into: key)
        let id = try await kms.importMaterial(KMSDeployment.material(2), into: key, new)
        try await kms.abroad.importMaterial(KMSDeployment.material(2), into: key)
        try await kms.abroad.call("DeleteImportedKeyMaterial", ["KeyId": key, "KeyMaterialId": id])
        #expect(try await kms.materialStates(of: key) == pendingSomewhere)
        #expect(
            try await kms.materials(of: key).map { try $0.text("ImportState") } == ["IMPORTED", "IMPORTED"]
        )
        #expect(try await kms.code("RotateKeyOnDemand", ["KeyId": key]) == "KMSInvalidStateException")
        try await kms.abroad.importMaterial(KMSDeployment.material(2), into: key)
        try await kms.call("RotateKeyOnDemand", ["KeyId": key])
    }

    @Test func `that waits is wanted of a new replica, and no longer of one that is gone`() async throws {
        let key = try await makeFamily()
        try await kms.abroad.importMaterial(KMSDeployment.material(1), into: key)
        try await kms.importMaterial(KMSDeployment.material(2), into: key, new)
        try await kms.abroad.importMaterial(KMSDeployment.material(2), into: key)
        #expect(try await kms.materialStates(of: key) == pendingEverywhere)
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "ap-south-1"])
        #expect(try await kms.materialStates(of: key) == pendingSomewhere)
        let far = kms.asking(as: kms.caller, in: "ap-south-1")
        try await far.call("ScheduleKeyDeletion", ["KeyId": key, "PendingWindowInDays": 7])
        kms.clock.advance(days: 7)
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await kms.materialStates(of: key) == pendingEverywhere)
    }

    @Test func `imported in two Regions at once is known to be everywhere`() async throws {
        for round in 1...3 {
            let key = try await makeFamily()
            try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "ap-south-1"])
            let far = kms.asking(as: kms.caller, in: "ap-south-1")
            for side in [kms.abroad, far] {
                try await side.importMaterial(KMSDeployment.material(1), into: key)
            }
            try await kms.importMaterial(KMSDeployment.material(2), into: key, new)
            async let one = kms.abroad.importMaterial(KMSDeployment.material(2), into: key)
            async let two = far.importMaterial(KMSDeployment.material(2), into: key)
            _ = try await (one, two)
            #expect(try await kms.materialStates(of: key) == pendingEverywhere, "round \(round)")
        }
    }
}
