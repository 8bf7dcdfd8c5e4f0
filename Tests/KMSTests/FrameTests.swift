import AWSProtocol
import Authorization
import Foundation
import KMS
import Operations
import OperationsTesting
import Storage
import Testing
import Trail

@Suite("The frame around every operation")
struct FrameTests {
    private let kms: KMSDeployment

    init() throws {
        kms = try KMSDeployment()
    }

    @Test func `refuses everything while the trail cannot be written, and changes nothing`() async throws {
        let key = try await kms.makeKey()
        let records = try await kms.records()
        try kms.trail.writer.close()
        let unavailable =
            "ServiceUnavailableException: The audit log cannot be written, so the request was refused."
        for (operation, members) in [
            ("CreateKey", [:]), ("DisableKey", ["KeyId": key]), ("DescribeKey", ["KeyId": key]),
            ("Encrypt", ["KeyId": key, "Plaintext": "AAAA"]), ("ListKeys", [:]),
        ] as [(String, [String: Any])] {
            #expect(try await kms.failure(operation, members) == unavailable, "\(operation)")
        }
        #expect(try await kms.records() == records)
        #expect(kms.faults.all.contains { $0.step == "trail" })
    }

    @Test func `tells the operator which record is damaged, and the caller only that something is`()
        async throws
    {
        let key = try await kms.makeKey(["Description": "hunter2"])
        let record = RecordKey(RecordKind(rawValue: "kms.key"), "us-east-1/\(key)")
        let sealed = try #require(try await kms.store.read(record)).value
        let damaged = sealed.dropLast() + [sealed[sealed.count - 1] ^ 1]
        _ = try await kms.store.commit([.put(record, Array(damaged), expecting: .any)])
        kms.service.invalidateAll()
        for (operation, step) in [("DescribeKey", "kms:DescribeKey"), ("DisableKey", "kms:DisableKey")] {
            #expect(
                try await kms.failure(operation, ["KeyId": key])
                    == "KMSInternalException: The request was rejected because an internal exception occurred."
            )
            let fault = try #require(kms.faults.all.last)
            #expect(fault.step == step)
            #expect(fault.reason.contains(key))
            #expect(!fault.reason.contains("hunter2"))
        }
    }

    @Test func `answers at once only from snapshots in memory`() async throws {
        let key = try await kms.makeKey()
        let call = Call(
            caller: kms.caller,
            region: try #require(Region(kms.region)),
            now: kms.clock.now,
            source: CallSource(ipAddress: "127.0.0.1", userAgent: "test"),
            accessKeyID: nil
        )
        let encrypt = try #require(KMSOperations.table["Encrypt"])
        let body = try JSON.parse(#"{"KeyId":"\#(key)","Plaintext":"AAAA"}"#)
        #expect(encrypt.answerNow(call, body: body, in: kms.frame) == nil)
        #expect(await encrypt.answer(call, body: body, in: kms.frame).errorCode == nil)
        guard case .answered(let reply) = encrypt.answerNow(call, body: body, in: kms.frame) else {
            Issue.record("Encrypt of a key in memory is not answered at once")
            return
        }
        #expect(reply.reply.errorCode == nil)
        let pair = try #require(KMSOperations.table["GenerateDataKeyPair"])
        let request = try JSON.parse(#"{"KeyId":"\#(key)","KeyPairSpec":"RSA_2048"}"#)
        guard case .deferred = pair.answerNow(call, body: request, in: kms.frame) else {
            Issue.record("a generation that may take seconds is not deferred")
            return
        }
        let create = try #require(KMSOperations.table["CreateKey"])
        #expect(create.answerNow(call, body: try JSON.parse("{}"), in: kms.frame) == nil)
    }

    @Test func `records who, what, where, on what and with which result`() async throws {
        let key = try await kms.makeKey()
        let bob = kms.asking(as: try KMSDeployment.user("bob"))
        _ = try await bob.failure("DisableKey", ["KeyId": key])
        let line = try #require(try kms.trail.lines().last)
        let start = try #require(line.firstIndex(of: "{"))
        let event = try Answer(Array(line[start...].utf8))
        #expect(try event.text("eventName") == "DisableKey")
        #expect(try event.text("eventSource") == "kms.amazonaws.com")
        #expect(try event.text("errorCode") == "AccessDeniedException")
        #expect(try event.text("awsRegion") == "us-east-1")
        #expect(try event.text("sourceIPAddress") == "127.0.0.1")
        #expect(try !event.flag("readOnly"))
        #expect(try event.object("requestParameters").text("keyId") == key)
        #expect(try event.object("userIdentity").text("type") == "IAMUser")
        #expect(try event.object("userIdentity").text("userName") == "bob")
        #expect(try event.objects("resources").first?.text("ARN") == kms.arn(key))
    }

    @Test func `shows what a change made, and keeps tokens to itself`() async throws {
        let key = try await kms.makeKey(["Description": "ledger"])
        let token = try await kms.call(
            "CreateGrant",
            [
                "KeyId": key, "GranteePrincipal": "arn:aws:iam::111122223333:user/bob",
                "Operations": ["Encrypt"],
            ]
        ).text("GrantToken")
        let text = try kms.trail.lines().joined(separator: "\n")
        #expect(text.contains(#""responseElements":{"keyMetadata":{"aWSAccountId":"111122223333""#))
        #expect(text.contains(#""responseElements":{"grantId":""#))
        #expect(!text.contains(token))
    }

    @Test func `answers garbage in the members with an error of the protocol`() async throws {
        let key = try await kms.makeKey()
        var generator = SeededGenerator(seed: 20_261_121)
        for entry in KMSOperations.table.entries {
            for _ in 0..<20 {
                var members: [String: Any] = [:]
                for member in entry.input where Bool.random(using: &generator) {
                    members[member.name] = generator.garbage(key: key)
                }
                let reply = try await kms.reply(entry.name, members)
                let isFault = reply.status >= 500
                #expect(!isFault, "\(entry.name) \(members) seed \(generator.seed)")
            }
        }
    }
}

/// SplitMix64: the same numbers for the same seed, on every machine.
private struct SeededGenerator: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A value of any type, plausible or not.
    mutating func garbage(key: String) -> Any {
        switch Int.random(in: 0..<10, using: &self) {
        case 0: return key
        case 1: return Int.random(in: -5...5000, using: &self)
        case 2: return Bool.random(using: &self)
        case 3: return "AAAA"
        case 4: return String(repeating: "é", count: Int.random(in: 0...300, using: &self))
        case 5: return ["a": "b", "": "\u{0}"]
        case 6: return ["Encrypt", "x"]
        case 7: return [["TagKey": "k", "TagValue": "v"], ["TagKey": 1]] as [[String: Any]]
        case 8:
            return ["RSA_2048", "SIGN_VERIFY", "ECDH", "AES_256", "RAW"].randomElement(using: &self) ?? ""
        default: return NSNull()
        }
    }
}
