import Cryptography
import Foundation
import KMS
import OperationsTesting
import Testing

@Suite("Imported key material")
struct ImportTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    private var now: Double { kms.clock.now.timeIntervalSince1970 }

    @Test func `makes a key usable, and its description shows how long`() async throws {
        let key = try await kms.makeExternalKey()
        let before = try await kms.metadata(of: key)
        #expect(try before.text("KeyState") == "PendingImport")
        #expect(try !before.flag("Enabled"))
        #expect(before["CurrentKeyMaterialId"] == nil)
        let validTo = now + 86_400
        let id = try await kms.importMaterial(KMSDeployment.material(1), into: key, ["ValidTo": validTo])
        #expect(id.count == 64)
        let after = try await kms.metadata(of: key)
        #expect(try after.text("KeyState") == "Enabled")
        #expect(try after.text("ExpirationModel") == "KEY_MATERIAL_EXPIRES")
        #expect(try after.number("ValidTo") == validTo)
        #expect(try after.text("CurrentKeyMaterialId") == id)
        #expect(try await kms.decrypt(try await kms.encrypt("text", under: key)) == "text")
    }

    @Test func `is answered with the ARN, and parameters are valid for a day`() async throws {
        let key = try await kms.makeExternalKey()
        let answer = try await kms.call("GetParametersForImport", KMSDeployment.parameters(for: key))
        #expect(try answer.text("KeyId") == kms.arn(key))
        #expect(try answer.number("ParametersValidTo") == now + 86_400)
        #expect(try answer.bytes("ImportToken").count <= 6144)
        let imported = try await kms.call(
            "ImportKeyMaterial",
            try await kms.importRequest(KMSDeployment.material(1), into: key)
        )
        #expect(try imported.text("KeyId") == kms.arn(key))
    }

    @Test(arguments: ["RSA_2048", "RSA_3072", "RSA_4096"])
    func `has a token that fits with every wrapping key`(_ spec: String) async throws {
        let key = try await kms.makeExternalKey()
        let answer = try await kms.call(
            "GetParametersForImport",
            ["KeyId": key, "WrappingAlgorithm": "RSA_AES_KEY_WRAP_SHA_256", "WrappingKeySpec": spec]
        )
        #expect(try answer.bytes("ImportToken").count <= 6144)
    }

    @Test func `can be imported again after it was deleted, and nothing else can`() async throws {
        let key = try await kms.makeExternalKey()
        let id = try await kms.importMaterial(KMSDeployment.material(1), into: key)
        let ciphertext = try await kms.encrypt("text", under: key)
        let deleted = try await kms.call("DeleteImportedKeyMaterial", ["KeyId": key])
        #expect(try deleted.text("KeyId") == kms.arn(key))
        #expect(try deleted.text("KeyMaterialId") == id)
        #expect(try await kms.state(of: key) == "PendingImport")
        #expect(
            try await kms.failure("GenerateDataKey", ["KeyId": key, "KeySpec": "AES_256"])
                == "KMSInvalidStateException: \(kms.arn(key)) is pending import."
        )
        #expect(try await kms.decrypt(ciphertext) == "KMSInvalidStateException")
        let other = try await kms.importFailure(KMSDeployment.material(2), into: key)
        #expect(other.hasPrefix("IncorrectKeyMaterialException"))
        #expect(try await kms.state(of: key) == "PendingImport")
        #expect(try await kms.importMaterial(KMSDeployment.material(1), into: key) == id)
        #expect(try await kms.state(of: key) == "Enabled")
        #expect(try await kms.decrypt(ciphertext) == "text")
    }

    @Test func `expires at its time, by the clock at once and by the scheduler for good`() async throws {
        let key = try await kms.makeExternalKey()
        try await kms.importMaterial(KMSDeployment.material(1), into: key, ["ValidTo": now + 3_600])
        let ciphertext = try await kms.encrypt("text", under: key)
        kms.clock.advance(seconds: 3_599)
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await kms.decrypt(ciphertext) == "text")
        kms.clock.advance(seconds: 1)
        #expect(try await kms.decrypt(ciphertext) == "KMSInvalidStateException")
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await kms.state(of: key) == "PendingImport")
        let materials = try await kms.materials(of: key)
        #expect(try materials.map { try $0.text("ImportState") } == ["PENDING_IMPORT"])
        #expect(materials[0]["ExpirationModel"] == nil)
        let events = try kms.serviceEvents("DeleteExpiredKeyMaterial")
        #expect(try events.map { try $0.object("serviceEventDetails").text("keyId") } == [key])
        try await kms.importMaterial(KMSDeployment.material(1), into: key)
        #expect(try await kms.decrypt(ciphertext) == "text")
        kms.clock.advance(days: 400)
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await kms.state(of: key) == "Enabled")
    }

    @Test func `can get another expiry by being imported again`() async throws {
        let key = try await kms.makeExternalKey()
        let details: [String: Any] = ["ValidTo": now + 3_600, "KeyMaterialDescription": "from the safe"]
        try await kms.importMaterial(KMSDeployment.material(1), into: key, details)
        try await kms.importMaterial(KMSDeployment.material(1), into: key, ["ValidTo": now + 7_200])
        kms.clock.advance(seconds: 3_601)
        #expect(try await kms.runDueTasks() == 0)
        #expect(try await kms.state(of: key) == "Enabled")
        let material = try #require(try await kms.materials(of: key).first)
        #expect(try material.text("KeyMaterialDescription") == "from the safe")
        #expect(try material.text("ImportState") == "IMPORTED")
        #expect(try material.text("ExpirationModel") == "KEY_MATERIAL_EXPIRES")
        kms.clock.advance(seconds: 3_600)
        #expect(try await kms.runDueTasks() == 1)
    }

    @Test func `all of it must be there before the key can be used again`() async throws {
        let key = try await kms.makeExternalKey()
        let first = try await kms.importMaterial(KMSDeployment.material(1), into: key)
        let second = try await kms.importMaterial(
            KMSDeployment.material(2),
            into: key,
            ["ImportType": "NEW_KEY_MATERIAL"]
        )
        try await kms.call("RotateKeyOnDemand", ["KeyId": key])
        // The one that only decrypts is as necessary as the current one.
        try await kms.call("DeleteImportedKeyMaterial", ["KeyId": key, "KeyMaterialId": first])
        #expect(try await kms.state(of: key) == "PendingImport")
        try await kms.call("DeleteImportedKeyMaterial", ["KeyId": key])
        try await kms.importMaterial(KMSDeployment.material(2), into: key, ["KeyMaterialId": second])
        #expect(try await kms.state(of: key) == "PendingImport")
        try await kms.importMaterial(KMSDeployment.material(1), into: key, ["KeyMaterialId": first])
        #expect(try await kms.state(of: key) == "Enabled")
    }

    @Test func `that waits for its rotation can be deleted and replaced`() async throws {
        let key = try await kms.makeExternalKey()
        try await kms.importMaterial(KMSDeployment.material(1), into: key)
        let type = ["ImportType": "NEW_KEY_MATERIAL"]
        let waiting = try await kms.importMaterial(KMSDeployment.material(2), into: key, type)
        let refusal = try await kms.importFailure(KMSDeployment.material(3), into: key, type)
        #expect(refusal.hasPrefix("KMSInvalidStateException: New key material (id: "))
        #expect(
            refusal.hasSuffix(
                ") cannot be imported into KMS key \(kms.arn(key)), because another key material "
                    + "(id: \(waiting)) is pending rotation."
            )
        )
        try await kms.call("DeleteImportedKeyMaterial", ["KeyId": key, "KeyMaterialId": waiting])
        #expect(try await kms.state(of: key) == "Enabled")
        #expect(try await kms.materialStates(of: key) == ["CURRENT"])
        try await kms.importMaterial(KMSDeployment.material(3), into: key, type)
        #expect(try await kms.materialStates(of: key) == ["CURRENT", "PENDING_ROTATION"])
    }

    @Test func `that waits for its rotation leaves no trace when it expires`() async throws {
        let key = try await kms.makeExternalKey()
        try await kms.importMaterial(KMSDeployment.material(1), into: key)
        try await kms.importMaterial(
            KMSDeployment.material(2),
            into: key,
            ["ImportType": "NEW_KEY_MATERIAL", "ValidTo": now + 60]
        )
        kms.clock.advance(seconds: 61)
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await kms.materialStates(of: key) == ["CURRENT"])
        #expect(try await kms.state(of: key) == "Enabled")
    }

    @Test func `of HMAC and asymmetric keys is the first for ever`() async throws {
        let hmac = try await kms.makeExternalKey(["KeySpec": "HMAC_384", "KeyUsage": "GENERATE_VERIFY_MAC"])
        let secret = [UInt8](repeating: 7, count: 48)
        try await kms.importMaterial(secret, into: hmac)
        let message = ["KeyId": hmac, "Message": "aGVsbG8=", "MacAlgorithm": "HMAC_SHA_384"]
        let mac = try await kms.call("GenerateMac", message).bytes("Mac")
        try await kms.call("DeleteImportedKeyMaterial", ["KeyId": hmac])
        let other = try await kms.importFailure([UInt8](repeating: 8, count: 48), into: hmac)
        #expect(other.hasPrefix("IncorrectKeyMaterialException"))
        try await kms.importMaterial(secret, into: hmac)
        #expect(try await kms.call("GenerateMac", message).bytes("Mac") == mac)

        let pair = try await kms.makeExternalKey(["KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"])
        let owned = try AsymmetricKey.generate(.nistP256)
        let privateKey = try owned.serialized().withUnsafeBytes { [UInt8]($0) }
        try await kms.importMaterial(privateKey, into: pair)
        let published = try await kms.call("GetPublicKey", ["KeyId": pair]).bytes("PublicKey")
        #expect(published == owned.publicKey.der)
        let foreign = try AsymmetricKey.generate(.nistP256).serialized().withUnsafeBytes { [UInt8]($0) }
        let refusal = try await kms.importFailure(foreign, into: pair)
        #expect(refusal.hasPrefix("IncorrectKeyMaterialException"))
        let again = try await kms.call("GetPublicKey", ["KeyId": pair]).bytes("PublicKey")
        #expect(again == published)
    }

    @Test func `of a disabled key does not enable it`() async throws {
        let key = try await kms.makeExternalKey()
        try await kms.importMaterial(KMSDeployment.material(1), into: key)
        try await kms.call("DisableKey", ["KeyId": key])
        try await kms.importMaterial(
            KMSDeployment.material(2),
            into: key,
            ["ImportType": "NEW_KEY_MATERIAL"]
        )
        #expect(try await kms.state(of: key) == "Disabled")
    }

    @Test func `can be deleted while deletion is pending, without a change of state`() async throws {
        let key = try await kms.makeExternalKey()
        try await kms.importMaterial(KMSDeployment.material(1), into: key)
        try await kms.call("ScheduleKeyDeletion", ["KeyId": key])
        try await kms.call("DeleteImportedKeyMaterial", ["KeyId": key])
        #expect(try await kms.state(of: key) == "PendingDeletion")
        try await kms.call("CancelKeyDeletion", ["KeyId": key])
        #expect(try await kms.state(of: key) == "PendingImport")
    }

    @Test func `that was never there can be deleted, to no effect`() async throws {
        let key = try await kms.makeExternalKey()
        let answer = try await kms.call("DeleteImportedKeyMaterial", ["KeyId": key])
        #expect(answer["KeyMaterialId"] == nil)
        #expect(try await kms.state(of: key) == "PendingImport")
    }

    @Test func `never shows in the trail`() async throws {
        let key = try await kms.makeExternalKey()
        let material = KMSDeployment.material(0x5A)
        try await kms.importMaterial(material, into: key)
        let trail = try kms.trail.lines().joined(separator: "\n")
        for encoded in [
            Data(material).base64EncodedString(), String(repeating: "5a", count: 32),
            String(repeating: "Z", count: 32),
        ] {
            #expect(!trail.contains(encoded))
        }
    }
}
