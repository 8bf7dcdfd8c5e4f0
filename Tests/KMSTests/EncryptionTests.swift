import Foundation
import OperationsTesting
import Testing

@Suite("Encrypt, Decrypt, ReEncrypt")
struct EncryptionTests {
    private let kms: KMSDeployment
    private let plaintext = Data("the launch code".utf8).base64EncodedString()

    init() throws {
        kms = try KMSDeployment()
    }

    @Test func `decrypts what was encrypted, without being told the key`() async throws {
        let key = try await kms.makeKey()
        let encrypted = try await kms.call("Encrypt", ["KeyId": key, "Plaintext": plaintext])
        let blob = try encrypted.text("CiphertextBlob")
        #expect(try encrypted.text("KeyId") == kms.arn(key))
        let decrypted = try await kms.call("Decrypt", ["CiphertextBlob": blob])
        #expect(try decrypted.text("Plaintext") == plaintext)
        #expect(try decrypted.text("KeyId") == kms.arn(key))
        #expect(try decrypted.text("KeyMaterialId").count == 64)
    }

    @Test func `never makes the same ciphertext twice`() async throws {
        let key = try await kms.makeKey()
        let first = try await kms.call("Encrypt", ["KeyId": key, "Plaintext": plaintext]).bytes(
            "CiphertextBlob"
        )
        let second = try await kms.call("Encrypt", ["KeyId": key, "Plaintext": plaintext]).bytes(
            "CiphertextBlob"
        )
        #expect(first != second)
        #expect(Data(first).firstRange(of: Data("launch".utf8)) == nil)
    }

    @Test func `binds the encryption context, with the lengths of its parts`() async throws {
        let key = try await kms.makeKey()
        let blob = try await kms.call(
            "Encrypt",
            ["KeyId": key, "Plaintext": plaintext, "EncryptionContext": ["a": "bc"]]
        ).text("CiphertextBlob")
        for context in [[:], ["ab": "c"], ["a": "b"], ["a": "bc", "d": ""]] as [[String: String]] {
            #expect(
                try await kms.failure("Decrypt", ["CiphertextBlob": blob, "EncryptionContext": context])
                    == "InvalidCiphertextException"
            )
        }
        try await kms.call("Decrypt", ["CiphertextBlob": blob, "EncryptionContext": ["a": "bc"]])
    }

    @Test func `refuses a ciphertext with any bit flipped, whatever part it is in`() async throws {
        let key = try await kms.makeKey()
        let blob = try await kms.call("Encrypt", ["KeyId": key, "Plaintext": plaintext]).bytes(
            "CiphertextBlob"
        )
        for index in blob.indices {
            var damaged = blob
            damaged[index] ^= 0x10
            let failure = try await kms.failure(
                "Decrypt",
                ["CiphertextBlob": Data(damaged).base64EncodedString()]
            )
            // A damaged key id names another key, which is answered as a denial.
            #expect(failure == "InvalidCiphertextException" || failure.hasPrefix(Self.unknownKey), "\(index)")
        }
    }

    private static let unknownKey =
        "AccessDeniedException: The ciphertext refers to a customer master key that does not exist, "
        + "does not exist in this region, or you are not allowed to access."

    @Test func `answers alike for an unknown key and a forbidden one`() async throws {
        let key = try await kms.makeKey()
        let blob = try await kms.call("Encrypt", ["KeyId": key, "Plaintext": plaintext]).text(
            "CiphertextBlob"
        )
        let stranger = kms.asking(as: try KMSDeployment.user("bob"))
        #expect(try await stranger.failure("Decrypt", ["CiphertextBlob": blob]) == Self.unknownKey)
        let elsewhere = kms.asking(as: kms.caller, in: "eu-west-1")
        #expect(try await elsewhere.failure("Decrypt", ["CiphertextBlob": blob]) == Self.unknownKey)
        #expect(
            try await stranger.failure("Decrypt", ["CiphertextBlob": blob, "KeyId": kms.arn(key)])
                == "AccessDeniedException: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: "
                + "kms:Decrypt on resource: \(kms.arn(key)) "
                + "because no identity-based policy allows the kms:Decrypt action"
        )
    }

    @Test func `refuses a key that the ciphertext does not name`() async throws {
        let key = try await kms.makeKey()
        let other = try await kms.makeKey()
        let signing = try await kms.makeKey(["KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"])
        let blob = try await kms.call("Encrypt", ["KeyId": key, "Plaintext": plaintext]).text(
            "CiphertextBlob"
        )
        for wrong in [other, signing] {
            #expect(
                try await kms.failure("Decrypt", ["CiphertextBlob": blob, "KeyId": wrong])
                    == "IncorrectKeyException: The key ID in the request does not identify a CMK that can "
                    + "perform this operation."
            )
        }
    }

    @Test func `refuses 4097 bytes in AWS's words`() async throws {
        let key = try await kms.makeKey()
        let records = try await kms.records()
        let large = Data(repeating: 1, count: 4097).base64EncodedString()
        #expect(
            try await kms.failure("Encrypt", ["KeyId": key, "Plaintext": large])
                == "ValidationException: 1 validation error detected: Value at 'plaintext' failed to satisfy "
                + "constraint: Member must have length less than or equal to 4096"
        )
        #expect(try await kms.records() == records)
        let largest = Data(repeating: 1, count: 4096).base64EncodedString()
        let blob = try await kms.call("Encrypt", ["KeyId": key, "Plaintext": largest]).text("CiphertextBlob")
        #expect(try await kms.call("Decrypt", ["CiphertextBlob": blob]).text("Plaintext") == largest)
    }

    @Test(arguments: [("RSA_2048", 214, 190), ("RSA_3072", 342, 318)])
    func `encrypts with RSA up to the limit of the padding`(_ spec: String, _ sha1: Int, _ sha256: Int)
        async throws
    {
        let key = try await kms.makeKey(["KeySpec": spec, "KeyUsage": "ENCRYPT_DECRYPT"])
        for (algorithm, limit) in [("RSAES_OAEP_SHA_1", sha1), ("RSAES_OAEP_SHA_256", sha256)] {
            let text = Data(repeating: 7, count: limit).base64EncodedString()
            let blob = try await kms.call(
                "Encrypt",
                ["KeyId": key, "Plaintext": text, "EncryptionAlgorithm": algorithm]
            ).text("CiphertextBlob")
            let decrypted = try await kms.call(
                "Decrypt",
                ["KeyId": key, "CiphertextBlob": blob, "EncryptionAlgorithm": algorithm]
            )
            #expect(try decrypted.text("Plaintext") == text)
            let larger = Data(repeating: 7, count: limit + 1).base64EncodedString()
            #expect(
                try await kms.failure(
                    "Encrypt",
                    ["KeyId": key, "Plaintext": larger, "EncryptionAlgorithm": algorithm]
                )
                    == "ValidationException: Algorithm \(algorithm) and key spec \(spec) cannot encrypt data "
                    + "larger than \(limit) bytes."
            )
        }
    }

    @Test func `re-encrypts under another key and another context`() async throws {
        let (old, new) = (try await kms.makeKey(), try await kms.makeKey())
        let blob = try await kms.call(
            "Encrypt",
            ["KeyId": old, "Plaintext": plaintext, "EncryptionContext": ["app": "a"]]
        ).text("CiphertextBlob")
        let answer = try await kms.call(
            "ReEncrypt",
            [
                "CiphertextBlob": blob, "SourceEncryptionContext": ["app": "a"], "DestinationKeyId": new,
                "DestinationEncryptionContext": ["app": "b"],
            ]
        )
        #expect(try answer.text("SourceKeyId") == kms.arn(old))
        #expect(try answer.text("KeyId") == kms.arn(new))
        let decrypted = try await kms.call(
            "Decrypt",
            ["CiphertextBlob": try answer.text("CiphertextBlob"), "EncryptionContext": ["app": "b"]]
        )
        #expect(try decrypted.text("Plaintext") == plaintext)
    }

    @Test func `needs two permissions to re-encrypt`() async throws {
        let (old, new) = (try await kms.makeKey(), try await kms.makeKey())
        let blob = try await kms.call("Encrypt", ["KeyId": old, "Plaintext": plaintext]).text(
            "CiphertextBlob"
        )
        let half = kms.asking(as: try KMSDeployment.user("bob", KMSDeployment.allowing("kms:ReEncryptFrom")))
        #expect(
            try await half.failure("ReEncrypt", ["CiphertextBlob": blob, "DestinationKeyId": new])
                .contains("kms:ReEncryptTo on resource: \(kms.arn(new))")
        )
        let whole = kms.asking(as: try KMSDeployment.user("bob", KMSDeployment.allowing("kms:ReEncrypt*")))
        try await whole.call("ReEncrypt", ["CiphertextBlob": blob, "DestinationKeyId": new])
    }

    @Test func `stops a dry run after every check`() async throws {
        let key = try await kms.makeKey()
        let blob = try await kms.call("Encrypt", ["KeyId": key, "Plaintext": plaintext]).text(
            "CiphertextBlob"
        )
        let succeeded =
            "DryRunOperationException: The request would have succeeded, but the DryRun option is set."
        #expect(
            try await kms.failure("Encrypt", ["KeyId": key, "Plaintext": plaintext, "DryRun": true])
                == succeeded
        )
        #expect(try await kms.failure("Decrypt", ["CiphertextBlob": blob, "DryRun": true]) == succeeded)
        #expect(
            try await kms.failure(
                "Decrypt",
                ["KeyId": key, "DryRun": true, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]]
            ) == succeeded
        )
        try await kms.call("DisableKey", ["KeyId": key])
        #expect(
            try await kms.failure("Encrypt", ["KeyId": key, "Plaintext": plaintext, "DryRun": true])
                == "DisabledException: \(kms.arn(key)) is disabled."
        )
    }

    @Test func `refuses a key in a state that forbids its use`() async throws {
        let key = try await kms.makeKey()
        let blob = try await kms.call("Encrypt", ["KeyId": key, "Plaintext": plaintext]).text(
            "CiphertextBlob"
        )
        try await kms.call("ScheduleKeyDeletion", ["KeyId": key, "PendingWindowInDays": 7])
        #expect(
            try await kms.failure("Decrypt", ["CiphertextBlob": blob])
                == "KMSInvalidStateException: \(kms.arn(key)) is pending deletion."
        )
        try await kms.call("CancelKeyDeletion", ["KeyId": key])
        #expect(
            try await kms.failure("Decrypt", ["CiphertextBlob": blob])
                == "DisabledException: \(kms.arn(key)) is disabled."
        )
        try await kms.call("EnableKey", ["KeyId": key])
        #expect(try await kms.call("Decrypt", ["CiphertextBlob": blob]).text("Plaintext") == plaintext)
    }

    @Test func `records each call without plaintext or ciphertext`() async throws {
        let key = try await kms.makeKey()
        let blob = try await kms.call(
            "Encrypt",
            ["KeyId": key, "Plaintext": plaintext, "EncryptionContext": ["app": "ledger"]]
        ).text("CiphertextBlob")
        _ = try await kms.failure("Decrypt", ["CiphertextBlob": blob])
        let text = try kms.trail.lines().joined()
        #expect(text.contains(#""encryptionContext":{"app":"ledger"}"#))
        #expect(text.contains(#""errorCode":"InvalidCiphertextException""#))
        for secret in [plaintext, "the launch code", blob] { #expect(!text.contains(secret)) }
    }
}
