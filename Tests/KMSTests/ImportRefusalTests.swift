import Cryptography
import Foundation
import KMS
import OperationsTesting
import Testing

@Suite("Refusals of imported key material")
struct ImportRefusalTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    private var now: Double { kms.clock.now.timeIntervalSince1970 }

    /// Calls ImportKeyMaterial and expects that it changed nothing.
    private func refusal(_ members: [String: Any]) async throws -> String {
        let before = try await kms.records()
        let text = try await kms.failure("ImportKeyMaterial", members)
        #expect(try await kms.records() == before)
        return text
    }

    @Test(arguments: ["GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial"])
    func `are given for keys with our own material`(_ operation: String) async throws {
        let key = try await kms.makeKey()
        var members = KMSDeployment.parameters(for: key)
        members["ImportToken"] = "AAAA"
        members["EncryptedKeyMaterial"] = "AAAA"
        members["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE"
        #expect(
            try await kms.failure(operation, members)
                == "UnsupportedOperationException: \(kms.arn(key)) origin is AWS_KMS "
                + "which is not valid for this operation."
        )
    }

    @Test(arguments: [
        ("RSAES_PKCS1_V1_5", "RSA_4096", "SYMMETRIC_DEFAULT"), ("SM2PKE", "RSA_2048", "SYMMETRIC_DEFAULT"),
        ("RSAES_OAEP_SHA_256", "SM2", "SYMMETRIC_DEFAULT"), ("RSAES_OAEP_SHA_256", "RSA_4096", "RSA_2048"),
        ("RSAES_OAEP_SHA_1", "RSA_4096", "RSA_4096"), ("RSAES_OAEP_SHA_256", "RSA_2048", "ECC_NIST_P521"),
        ("RSAES_OAEP_SHA_1", "RSA_2048", "ECC_NIST_P521"),
    ])
    func `are given for wrapping that cannot be`(
        _ algorithm: String,
        _ wrapping: String,
        _ spec: String
    ) async throws {
        let usage = spec == "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY"
        let key = try await kms.makeExternalKey(["KeySpec": spec, "KeyUsage": usage])
        #expect(
            try await kms.code(
                "GetParametersForImport",
                ["KeyId": key, "WrappingAlgorithm": algorithm, "WrappingKeySpec": wrapping]
            )
                == "UnsupportedOperationException"
        )
    }

    @Test func `are given for a missing, needless, past or distant expiry`() async throws {
        let key = try await kms.makeExternalKey()
        var request = try await kms.importRequest(KMSDeployment.material(1), into: key)
        request["ValidTo"] = now + 60
        #expect(try await refusal(request).hasPrefix("ValidationException"))
        request["ExpirationModel"] = nil
        request["ValidTo"] = nil
        #expect(
            try await refusal(request)
                == "ValidationException: A validTo date must be set if the ExpirationModel is "
                + "KEY_MATERIAL_EXPIRES"
        )
        for validTo in [now, now - 1, now + 365 * 86_400 + 1] {
            request["ValidTo"] = validTo
            #expect(try await refusal(request).hasPrefix("ValidationException"))
        }
        request["ValidTo"] = now + 365 * 86_400
        #expect(try await kms.code("ImportKeyMaterial", request) == "no error")
    }

    @Test func `are given for tokens of other keys, of other Regions, and for garbage`() async throws {
        let key = try await kms.makeExternalKey(["MultiRegion": true])
        let other = try await kms.makeExternalKey()
        var request = try await kms.importRequest(KMSDeployment.material(1), into: other)
        request["KeyId"] = key
        #expect(try await refusal(request) == "InvalidImportTokenException")
        request["ImportToken"] = "AAAA"
        #expect(try await refusal(request) == "InvalidImportTokenException")
        try await kms.importMaterial(KMSDeployment.material(1), into: key)
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
        let here = try await kms.importRequest(KMSDeployment.material(1), into: key)
        #expect(try await kms.abroad.failure("ImportKeyMaterial", here) == "InvalidImportTokenException")
    }

    @Test func `are given for tokens with a flipped bit or cut short`() async throws {
        let key = try await kms.makeExternalKey()
        let request = try await kms.importRequest(KMSDeployment.material(1), into: key)
        let text = try #require(request["ImportToken"] as? String)
        let token = try #require(Data(base64Encoded: text))
        for position in stride(from: 0, to: token.count, by: 97) {
            var flipped = token
            flipped[position] ^= 1
            var tampered = request
            tampered["ImportToken"] = flipped.base64EncodedString()
            let refusal = try await kms.failure("ImportKeyMaterial", tampered)
            #expect(refusal == "InvalidImportTokenException", "position \(position)")
            tampered["ImportToken"] = token.prefix(position + 1).base64EncodedString()
            let short = try await kms.failure("ImportKeyMaterial", tampered)
            #expect(short == "InvalidImportTokenException", "length \(position + 1)")
        }
        #expect(try await kms.state(of: key) == "PendingImport")
    }

    @Test func `are given for a token after a day`() async throws {
        let key = try await kms.makeExternalKey()
        let request = try await kms.importRequest(KMSDeployment.material(1), into: key)
        kms.clock.advance(days: 1)
        #expect(try await refusal(request) == "ExpiredImportTokenException")
        kms.clock.advance(seconds: -1)
        #expect(try await kms.code("ImportKeyMaterial", request) == "no error")
    }

    @Test func `are given for material that does not open`() async throws {
        let key = try await kms.makeExternalKey()
        var request = try await kms.importRequest(KMSDeployment.material(1), into: key)
        let wrapped = try await kms.importRequest(KMSDeployment.material(1), into: key)[
            "EncryptedKeyMaterial"
        ]
        request["EncryptedKeyMaterial"] = wrapped
        #expect(try await refusal(request) == "InvalidCiphertextException")
        request["EncryptedKeyMaterial"] = "AAAA"
        #expect(try await refusal(request) == "InvalidCiphertextException")
    }

    @Test(arguments: [
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", 31), ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", 33),
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", 16), ("HMAC_224", "GENERATE_VERIFY_MAC", 32),
        ("HMAC_512", "GENERATE_VERIFY_MAC", 63), ("ECC_NIST_P256", "SIGN_VERIFY", 32),
        ("ECC_NIST_P384", "KEY_AGREEMENT", 138),
    ])
    func `are given for material of the wrong size or form`(
        _ spec: String,
        _ usage: String,
        _ count: Int
    ) async throws {
        let key = try await kms.makeExternalKey(["KeySpec": spec, "KeyUsage": usage])
        let request = try await kms.importRequest([UInt8](repeating: 0x30, count: count), into: key)
        #expect(
            try await refusal(request)
                == "IncorrectKeyMaterialException: The key material is not valid for key spec \(spec)."
        )
        #expect(try await kms.state(of: key) == "PendingImport")
    }

    @Test func `are given for a key pair of another curve`() async throws {
        let key = try await kms.makeExternalKey(["KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"])
        let foreign = try AsymmetricKey.generate(.secp256k1).serialized().withUnsafeBytes { [UInt8]($0) }
        let request = try await kms.importRequest(foreign, into: key)
        #expect(try await refusal(request).hasPrefix("IncorrectKeyMaterialException"))
    }

    @Test func `are given for new material where the same is expected, and the reverse`() async throws {
        let key = try await kms.makeExternalKey()
        let first = KMSDeployment.material(1)
        let early = try await kms.importRequest(first, into: key, ["ImportType": "EXISTING_KEY_MATERIAL"])
        #expect(try await refusal(early).hasPrefix("IncorrectKeyMaterialException"))
        let id = try await kms.importMaterial(first, into: key)
        let again = try await kms.importRequest(first, into: key, ["ImportType": "NEW_KEY_MATERIAL"])
        #expect(try await refusal(again).hasPrefix("IncorrectKeyMaterialException"))
        let other = try await kms.importRequest(
            KMSDeployment.material(2),
            into: key,
            ["KeyMaterialId": id]
        )
        #expect(try await refusal(other).hasPrefix("IncorrectKeyMaterialException"))
        let both = try await kms.importRequest(
            first,
            into: key,
            ["KeyMaterialId": id, "ImportType": "NEW_KEY_MATERIAL"]
        )
        #expect(try await refusal(both).hasPrefix("ValidationException"))
    }

    @Test(arguments: ["ImportType", "KeyMaterialDescription", "KeyMaterialId"])
    func `are given for members that only symmetric keys know`(_ member: String) async throws {
        let key = try await kms.makeExternalKey(["KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"])
        let values = [
            "ImportType": "EXISTING_KEY_MATERIAL", "KeyMaterialDescription": "words",
            "KeyMaterialId": String(repeating: "0", count: 64),
        ]
        var request = try await kms.importRequest(KMSDeployment.material(1), into: key)
        request[member] = values[member]
        #expect(try await refusal(request).hasPrefix("ValidationException"))
    }

    @Test func `are given for deleting material that the key does not have`() async throws {
        let key = try await kms.makeExternalKey()
        try await kms.importMaterial(KMSDeployment.material(1), into: key)
        let id = String(repeating: "0", count: 64)
        #expect(
            try await kms.failure("DeleteImportedKeyMaterial", ["KeyId": key, "KeyMaterialId": id])
                == "NotFoundException: Key material \(id) is not associated with \(kms.arn(key))."
        )
        #expect(try await kms.state(of: key) == "Enabled")
    }

    @Test func `follow from policies on wrapping and expiry`() async throws {
        let key = try await kms.makeExternalKey()
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"},"#
            + #"{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"StringEquals":"#
            + #"{"kms:WrappingKeySpec":"RSA_2048","kms:WrappingAlgorithm":"RSAES_OAEP_SHA_1"}}},"#
            + #"{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"StringEquals":"#
            + #"{"kms:ExpirationModel":"KEY_MATERIAL_DOES_NOT_EXPIRE"}}},"#
            + #"{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"DateGreaterThan":"#
            + #"{"kms:ValidTo":"2027-01-17T00:00:00Z"}}}]}"#
        let alice = kms.asking(as: try KMSDeployment.user("alice", policy))
        var parameters = KMSDeployment.parameters(for: key)
        parameters["WrappingAlgorithm"] = "RSAES_OAEP_SHA_1"
        #expect(try await alice.code("GetParametersForImport", parameters) == "AccessDeniedException")
        var request = try await kms.importRequest(KMSDeployment.material(1), into: key)
        #expect(try await alice.code("ImportKeyMaterial", request) == "AccessDeniedException")
        request["ExpirationModel"] = nil
        request["ValidTo"] = now + 5 * 86_400
        #expect(try await alice.code("ImportKeyMaterial", request) == "AccessDeniedException")
        request["ValidTo"] = now + 86_400
        #expect(try await alice.code("ImportKeyMaterial", request) == "no error")
    }
}
