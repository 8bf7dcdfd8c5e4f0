import Cryptography
import Foundation
import OperationsTesting
import Storage
import Testing

@testable import KMS

/// Keys as they lie in the store, now and as earlier builds left them.
@Suite("Stored form of keys")
struct StoredFormTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    private func record(of key: String) async throws -> Record {
        try #require(try await kms.sealed.read(RecordKey(RecordKind("kms.key"), "us-east-1/\(key)")))
    }

    private func members(of record: Record) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(record.value)) as? [String: Any])
    }

    /// Puts a key's bytes back into the form of earlier builds: arrays of numbers.
    private func age(_ key: String) async throws {
        let record = try await record(of: key)
        var members = try members(of: record)
        members["publicKey"] = try (members["publicKey"] as? String).map(numbers)
        members["materials"] = try (members["materials"] as? [[String: Any]])?.map { material in
            var material = material
            material["wrapped"] = try (material["wrapped"] as? String).map(numbers)
            return material
        }
        let old = [UInt8](try JSONSerialization.data(withJSONObject: members, options: .sortedKeys))
        _ = try await kms.sealed.commit([.put(record.key, old, expecting: .version(record.version))])
        kms.service.invalidateAll()
    }

    private func numbers(_ base64: String) throws -> [Int] {
        try #require(Data(base64Encoded: base64)).map { Int($0) }
    }

    @Test(arguments: [
        ["KeySpec": "SYMMETRIC_DEFAULT"], ["KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"],
        ["KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"],
        ["KeySpec": "SYMMETRIC_DEFAULT", "Origin": "EXTERNAL"],
    ]) func `is read, whichever build wrote it`(_ request: [String: String]) async throws {
        let key = try await kms.call("CreateKey", request).object("KeyMetadata").text("KeyId")
        let before = try RecordCodec.decode(Key.self, from: try await record(of: key))
        try await age(key)
        let aged = try await record(of: key)
        #expect(try RecordCodec.decode(Key.self, from: aged) == before)
        // The next change brings it into the present form.
        try await kms.call("UpdateKeyDescription", ["KeyId": key, "Description": "changed"])
        var after = try RecordCodec.decode(Key.self, from: try await record(of: key))
        #expect(after.description == "changed")
        after.description = before.description
        #expect(after == before)
        let materials = try members(of: try await record(of: key))["materials"] as? [[String: Any]] ?? []
        #expect(materials.allSatisfy { $0["wrapped"] is String })
        #expect(materials.isEmpty == (request["Origin"] == "EXTERNAL"))
    }

    @Test func `of an earlier build decrypts what was encrypted before`() async throws {
        let key = try await kms.makeKey()
        let ciphertext = try await kms.encrypt("kept", under: key)
        try await age(key)
        #expect(try await kms.decrypt(ciphertext) == "kept")
    }

    @Test func `with an earlier build's public key gives the same public key`() async throws {
        let request = ["KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"]
        let key = try await kms.call("CreateKey", request).object("KeyMetadata").text("KeyId")
        let before = try await kms.call("GetPublicKey", ["KeyId": key]).bytes("PublicKey")
        try await age(key)
        #expect(try await kms.call("GetPublicKey", ["KeyId": key]).bytes("PublicKey") == before)
    }

    @Test func `of a new symmetric key goes four times into a page of the store`() async throws {
        // A page of SQLite's has 4,096 bytes; its own and the seal's take about 60.
        let key = try await kms.makeKey()
        let bytes = try await record(of: key).value.count
        #expect(bytes <= 890, "\(bytes) bytes")
    }
}
