import Crypto
import Foundation
import OperationsTesting
import Testing

@Suite("Sign, Verify, GetPublicKey, MACs and key agreement")
struct SigningTests {
    private let kms: KMSDeployment
    private let message = Data("the message".utf8).base64EncodedString()

    init() throws {
        kms = try KMSDeployment()
    }

    @Test(arguments: [
        ("RSA_2048", "RSASSA_PSS_SHA_256"), ("RSA_2048", "RSASSA_PKCS1_V1_5_SHA_512"),
        ("ECC_NIST_P256", "ECDSA_SHA_256"), ("ECC_NIST_P384", "ECDSA_SHA_384"),
        ("ECC_NIST_P521", "ECDSA_SHA_512"), ("ECC_SECG_P256K1", "ECDSA_SHA_256"),
        ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512"), ("ML_DSA_65", "ML_DSA_SHAKE_256"),
        ("ML_DSA_87", "ML_DSA_SHAKE_256"),
    ]) func `verifies what was signed and nothing else`(_ spec: String, _ algorithm: String) async throws {
        let key = try await kms.makeKey(["KeySpec": spec, "KeyUsage": "SIGN_VERIFY"])
        var members: [String: Any] = ["KeyId": key, "Message": message, "SigningAlgorithm": algorithm]
        members["Signature"] = try await kms.call("Sign", members).text("Signature")
        #expect(try await kms.call("Verify", members).flag("SignatureValid"))
        members["Message"] = Data("another message".utf8).base64EncodedString()
        #expect(try await kms.failure("Verify", members) == "KMSInvalidSignatureException")
        #expect(try await kms.call("GetPublicKey", ["KeyId": key]).text("KeySpec") == spec)
    }

    @Test func `takes a digest of exactly the algorithm's length`() async throws {
        let key = try await kms.makeKey(["KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"])
        let digest = Data(SHA256.hash(data: Data("the message".utf8)))
        var members: [String: Any] = [
            "KeyId": key, "Message": digest.base64EncodedString(), "MessageType": "DIGEST",
            "SigningAlgorithm": "ECDSA_SHA_256",
        ]
        let signature = try await kms.call("Sign", members).text("Signature")
        let raw: [String: Any] = [
            "KeyId": key, "Message": message, "SigningAlgorithm": "ECDSA_SHA_256", "Signature": signature,
        ]
        #expect(try await kms.call("Verify", raw).flag("SignatureValid"))
        members["Message"] = digest.dropLast().base64EncodedString()
        #expect(
            try await kms.failure("Sign", members)
                == "ValidationException: Digest is invalid length for algorithm ECDSA_SHA_256."
        )
    }

    @Test func `refuses algorithms and usages that do not fit`() async throws {
        let signing = try await kms.makeKey(["KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"])
        let symmetric = try await kms.makeKey()
        #expect(
            try await kms.failure(
                "Sign",
                ["KeyId": signing, "Message": message, "SigningAlgorithm": "RSASSA_PSS_SHA_256"]
            )
                == "InvalidKeyUsageException: Algorithm RSASSA_PSS_SHA_256 is incompatible with key spec "
                + "ECC_NIST_P256."
        )
        #expect(
            try await kms.failure(
                "Sign",
                ["KeyId": symmetric, "Message": message, "SigningAlgorithm": "ECDSA_SHA_256"]
            )
                == "InvalidKeyUsageException: \(kms.arn(symmetric)) key usage is ENCRYPT_DECRYPT which is not "
                + "valid for Sign."
        )
        #expect(
            try await kms.failure("Encrypt", ["KeyId": signing, "Plaintext": message])
                == "InvalidKeyUsageException: \(kms.arn(signing)) key usage is SIGN_VERIFY which is not valid "
                + "for Encrypt."
        )
        #expect(
            try await kms.failure("GetPublicKey", ["KeyId": symmetric])
                .hasPrefix("UnsupportedOperationException")
        )
    }

    @Test func `says that it does not sign message representatives`() async throws {
        let key = try await kms.makeKey(["KeySpec": "ML_DSA_65", "KeyUsage": "SIGN_VERIFY"])
        let representative = Data(repeating: 1, count: 64).base64EncodedString()
        #expect(
            try await kms.failure(
                "Sign",
                [
                    "KeyId": key, "Message": representative, "MessageType": "EXTERNAL_MU",
                    "SigningAlgorithm": "ML_DSA_SHAKE_256",
                ]
            ).hasPrefix("ValidationException: MessageType EXTERNAL_MU is not supported")
        )
        #expect(
            try await kms.failure("CreateKey", ["KeySpec": "ML_DSA_44", "KeyUsage": "SIGN_VERIFY"])
                == "UnsupportedOperationException: KeySpec ML_DSA_44 is not supported by this deployment."
        )
    }

    @Test(arguments: ["224", "256", "384", "512"]) func `authenticates messages`(_ size: String) async throws
    {
        let key = try await kms.makeKey(["KeySpec": "HMAC_\(size)", "KeyUsage": "GENERATE_VERIFY_MAC"])
        var members: [String: Any] = ["KeyId": key, "Message": message, "MacAlgorithm": "HMAC_SHA_\(size)"]
        let mac = try await kms.call("GenerateMac", members).bytes("Mac")
        #expect(mac.count == Int(size).map { $0 / 8 })
        members["Mac"] = Data(mac).base64EncodedString()
        #expect(try await kms.call("VerifyMac", members).flag("MacValid"))
        members["Mac"] = Data(mac.dropLast() + [mac[mac.count - 1] ^ 1]).base64EncodedString()
        #expect(try await kms.failure("VerifyMac", members) == "KMSInvalidMacException")
    }

    @Test func `refuses a MAC algorithm of another length`() async throws {
        let key = try await kms.makeKey(["KeySpec": "HMAC_224", "KeyUsage": "GENERATE_VERIFY_MAC"])
        #expect(
            try await kms.failure(
                "GenerateMac",
                ["KeyId": key, "Message": message, "MacAlgorithm": "HMAC_SHA_256"]
            )
                == "InvalidKeyUsageException: Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_224."
        )
    }

    @Test(arguments: ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"])
    func `agrees with the other side on a secret`(_ spec: String) async throws {
        let members = ["KeySpec": spec, "KeyUsage": "KEY_AGREEMENT"]
        let (left, right) = (try await kms.makeKey(members), try await kms.makeKey(members))
        let leftKey = try await kms.call("GetPublicKey", ["KeyId": left]).text("PublicKey")
        let rightKey = try await kms.call("GetPublicKey", ["KeyId": right]).text("PublicKey")
        func secret(_ key: String, _ peer: String) async throws -> String {
            try await kms.call(
                "DeriveSharedSecret",
                ["KeyId": key, "KeyAgreementAlgorithm": "ECDH", "PublicKey": peer]
            ).text("SharedSecret")
        }
        #expect(try await secret(left, rightKey) == secret(right, leftKey))
        #expect(
            try await kms.failure(
                "DeriveSharedSecret",
                ["KeyId": left, "KeyAgreementAlgorithm": "ECDH", "PublicKey": "AAAA"]
            ) == "ValidationException"
        )
    }
}
