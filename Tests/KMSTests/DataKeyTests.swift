import Crypto
import Foundation
import OperationsTesting
import Testing

@Suite("Data keys, key pairs and random bytes")
struct DataKeyTests {
    private let kms: KMSDeployment

    init() throws {
        kms = try KMSDeployment()
    }

    @Test(
        arguments: [
            (["KeySpec": "AES_256"], 32), (["KeySpec": "AES_128"], 16), (["NumberOfBytes": 1024], 1024),
        ] as [([String: any Sendable], Int)]
    )
    func `gives a data key of the length asked for`(_ size: [String: any Sendable], _ count: Int) async throws
    {
        let key = try await kms.makeKey()
        let members = (size as [String: Any]).merging(["KeyId": key]) { first, _ in first }
        for operation in ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"] {
            let answer = try await kms.call(operation, members)
            let decrypted = try await kms.call(
                "Decrypt",
                ["CiphertextBlob": try answer.text("CiphertextBlob")]
            )
            #expect(try decrypted.bytes("Plaintext").count == count)
            let plaintext = operation == "GenerateDataKey" ? try answer.bytes("Plaintext") : nil
            if let plaintext { #expect(try decrypted.bytes("Plaintext") == plaintext) }
            #expect((answer["Plaintext"] == nil) == (plaintext == nil))
        }
    }

    @Test func `wants either a spec or a number of bytes`() async throws {
        let key = try await kms.makeKey()
        for size in [[:], ["KeySpec": "AES_256", "NumberOfBytes": 32]] as [[String: Any]] {
            let members = size.merging(["KeyId": key]) { first, _ in first }
            #expect(
                try await kms.failure("GenerateDataKey", members)
                    == "ValidationException: Please specify either number of bytes or key spec."
            )
        }
    }

    @Test func `makes data keys under symmetric keys alone`() async throws {
        let rsa = try await kms.makeKey(["KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"])
        #expect(
            try await kms.failure("GenerateDataKey", ["KeyId": rsa, "KeySpec": "AES_256"])
                == "InvalidKeyUsageException: You cannot generate a data key with an asymmetric CMK"
        )
        let mac = try await kms.makeKey(["KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"])
        #expect(
            try await kms.failure("GenerateDataKeyWithoutPlaintext", ["KeyId": mac, "KeySpec": "AES_256"])
                == "InvalidKeyUsageException: \(kms.arn(mac)) key usage is GENERATE_VERIFY_MAC which is not valid "
                + "for GenerateDataKeyWithoutPlaintext."
        )
    }

    @Test(arguments: ["ECC_NIST_P256", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519", "RSA_2048"])
    func `makes key pairs and encrypts their private half`(_ spec: String) async throws {
        let key = try await kms.makeKey()
        let pair = try await kms.call("GenerateDataKeyPair", ["KeyId": key, "KeyPairSpec": spec])
        let decrypted = try await kms.call(
            "Decrypt",
            ["CiphertextBlob": try pair.text("PrivateKeyCiphertextBlob")]
        )
        #expect(try decrypted.bytes("Plaintext") == (try pair.bytes("PrivateKeyPlaintext")))
        #expect(try pair.text("KeyPairSpec") == spec)
        #expect(try !pair.bytes("PublicKey").isEmpty)
        let hidden = try await kms.call(
            "GenerateDataKeyPairWithoutPlaintext",
            ["KeyId": key, "KeyPairSpec": spec]
        )
        #expect(hidden["PrivateKeyPlaintext"] == nil)
        #expect(try hidden.bytes("PublicKey") != (try pair.bytes("PublicKey")))
    }

    @Test func `gives random bytes`() async throws {
        let first = try await kms.call("GenerateRandom", ["NumberOfBytes": 64]).bytes("Plaintext")
        let second = try await kms.call("GenerateRandom", ["NumberOfBytes": 64]).bytes("Plaintext")
        #expect(first.count == 64)
        #expect(first != second)
        #expect(try await kms.failure("GenerateRandom") == "ValidationException: NumberOfBytes is required.")
        #expect(
            try await kms.failure("GenerateRandom", ["NumberOfBytes": 1025])
                == "ValidationException: 1 validation error detected: Value '1025' at 'numberOfBytes' failed to "
                + "satisfy constraint: Member must have value less than or equal to 1024"
        )
    }

    @Test func `refuses attestation documents and custom key stores`() async throws {
        let recipient: [String: Any] = ["AttestationDocument": "AAAA"]
        #expect(
            try await kms.failure("GenerateRandom", ["NumberOfBytes": 1, "Recipient": recipient])
                == "UnsupportedOperationException: Recipient attestation is not supported by this deployment."
        )
        for operation in ["ConnectCustomKeyStore", "DisconnectCustomKeyStore", "DeleteCustomKeyStore"] {
            #expect(
                try await kms.failure(operation, ["CustomKeyStoreId": "cks-1"])
                    == "UnsupportedOperationException: Custom key stores are not supported by this deployment."
            )
        }
        #expect(
            try await kms.failure("CreateCustomKeyStore", ["CustomKeyStoreName": "s"])
                .hasPrefix("UnsupportedOperationException")
        )
        #expect(
            try await kms.failure("UpdateCustomKeyStore", ["CustomKeyStoreId": "cks-1"])
                .hasPrefix("UnsupportedOperationException")
        )
        #expect(
            try await kms.failure("DescribeCustomKeyStores").hasPrefix("UnsupportedOperationException")
        )
    }
}
