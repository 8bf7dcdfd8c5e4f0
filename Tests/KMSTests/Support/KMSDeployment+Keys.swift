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

/// What tests of keys' lives do again and again.
extension KMSDeployment {
    /// The same KMS asked in the other Region.
    var abroad: KMSDeployment { asking(as: caller, in: "eu-west-1") }

    /// The code of an error alone; `no error` for success.
    func code(_ operation: String, _ members: [String: Any] = [:]) async throws -> String {
        try await reply(operation, members).errorCode ?? "no error"
    }

    func metadata(of key: String) async throws -> Answer {
        try await call("DescribeKey", ["KeyId": key]).object("KeyMetadata")
    }

    /// A ciphertext of a text.
    func encrypt(_ text: String, under key: String) async throws -> [UInt8] {
        try await call("Encrypt", ["KeyId": key, "Plaintext": Data(text.utf8).base64EncodedString()])
            .bytes("CiphertextBlob")
    }

    /// The text in a ciphertext, or the code of the refusal.
    func decrypt(_ ciphertext: [UInt8]) async throws -> String {
        let reply = try await reply(
            "Decrypt",
            ["CiphertextBlob": Data(ciphertext).base64EncodedString()]
        )
        if let code = reply.errorCode { return code }
        return String(decoding: try Answer(reply.body).bytes("Plaintext"), as: UTF8.self)
    }

    /// The entries of ListKeyRotations with all material.
    func materials(of key: String) async throws -> [Answer] {
        try await call("ListKeyRotations", ["KeyId": key, "IncludeKeyMaterial": "ALL_KEY_MATERIAL"])
            .objects("Rotations")
    }

    /// The states of a key's materials, oldest first.
    func materialStates(of key: String) async throws -> [String] {
        try await materials(of: key).map { try $0.text("KeyMaterialState") }
    }

    /// How many tasks a scheduler carried out now.
    @discardableResult
    func runDueTasks() async throws -> Int {
        try await scheduler { _, _ in }.runDueTasks(at: clock.now)
    }

    func scheduler(
        onFailure: @escaping @Sendable (RecordKey, KMSError) -> Void
    ) -> KeyScheduler {
        KeyScheduler(service, recorder: AuditRecorder(writer: trail.writer), onFailure: onFailure)
    }

    /// The details of the events that the service made by itself, of one name, oldest first.
    func serviceEvents(_ name: String) throws -> [Answer] {
        try trail.events().filter {
            $0["eventType"] as? String == "AwsServiceEvent" && $0["eventName"] as? String == name
        }
    }

    /// The keys of all records that name a key, or whose values do.
    func records(naming key: String) async throws -> [String] {
        var found: [String] = []
        for kind in Self.kinds {
            for record in try await sealed.scan(RecordKind(kind), prefix: "", after: nil, limit: 1000)
            where record.key.key.contains(key) || String(decoding: record.value, as: UTF8.self).contains(key)
            {
                found.append(record.key.description)
            }
        }
        return found
    }
}

// MARK: Import

extension KMSDeployment {
    /// A key for imported material.
    func makeExternalKey(_ members: [String: Any] = [:]) async throws -> String {
        try await makeKey(members.merging(["Origin": "EXTERNAL"]) { $1 })
    }

    /// What GetParametersForImport is asked with, for a small wrapping key.
    static func parameters(for key: String) -> [String: Any] {
        ["KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"]
    }

    /// The members of an ImportKeyMaterial request with material as its owner wraps it.
    ///
    /// It does not expire, unless the details say otherwise.
    func importRequest(
        _ material: [UInt8],
        into key: String,
        _ details: [String: Any] = [:]
    ) async throws -> [String: Any] {
        let answer = try await call("GetParametersForImport", Self.parameters(for: key))
        let wrappingKey = try AsymmetricPublicKey(
            spec: .rsa2048,
            subjectPublicKeyInfo: try answer.bytes("PublicKey")
        )
        let wrapped = try material.withUnsafeBytes {
            try wrappingKey.encrypt($0, algorithm: .rsaesOAEPSHA256)
        }
        var members: [String: Any] = [
            "KeyId": key, "ImportToken": try answer.text("ImportToken"),
            "EncryptedKeyMaterial": Data(wrapped).base64EncodedString(),
        ]
        if details["ValidTo"] == nil { members["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE" }
        return members.merging(details) { $1 }
    }

    /// Imports material and answers its id.
    @discardableResult
    func importMaterial(
        _ material: [UInt8],
        into key: String,
        _ details: [String: Any] = [:]
    ) async throws -> String {
        try await call("ImportKeyMaterial", try await importRequest(material, into: key, details))
            .text("KeyMaterialId")
    }

    /// What becomes of an import: `no error` or the error's code and message.
    func importFailure(
        _ material: [UInt8],
        into key: String,
        _ details: [String: Any] = [:]
    ) async throws -> String {
        try await failure("ImportKeyMaterial", try await importRequest(material, into: key, details))
    }

    /// Material of a symmetric key, of one repeated byte.
    static func material(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: 32) }
}
