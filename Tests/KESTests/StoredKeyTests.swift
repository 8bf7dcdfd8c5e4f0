import AWSProtocol
import Crypto
import Cryptography
import KES
import Testing

@Suite("StoredKey")
struct StoredKeyTests {
    static let vector =
        "CiQKIMiHG7XrN94FuwblJJor4f7f6rbqAl7DwsLaiIoyz0D2EAESJAognLXl4yqa4cjZTcSbsU6sNnN8kP9ARWkXwa20YQZa9HgQ"
        + "ARoMCNithK0GEID67qYDIkAzZWNmY2RmMzhmY2JlMTQxYWUyNmExMDMwZjgxZTk2Yjc1MzM2NWE0Njc2MGFlNmI1Nzg2"
        + "OThhOTdjNTlmZDIy"

    /// HMACs with the key of the vector, made with another library's interface.
    struct Reference: Sendable {
        let message: String

        func code() -> [UInt8] {
            let key = Base64.decode("nLXl4yqa4cjZTcSbsU6sNnN8kP9ARWkXwa20YQZa9Hg=") ?? []
            return Array(HMAC<SHA256>.authenticationCode(for: Array(message.utf8), using: .init(data: key)))
        }
    }

    static let macKeyReference = [Reference(message: "root access key")]

    @Test func `reads a key of KES`() throws {
        let key = try #require(StoredKey.read(Samples.secret(Self.vector)))
        #expect(key.algorithm == .aes256)
        #expect(key.createdAt?.rfc3339 == "2024-01-12T10:39:20.886816Z")
        #expect(key.createdBy == Samples.identity)
        // It is the key itself: what another key of the same bytes encrypts, it decrypts.
        let same = try Samples.key(
            Samples.bytes("yIcbtes33gW7BuUkmivh/t/qtuoCXsPCwtqIijLPQPY="),
            algorithm: "AES256"
        )
        let ciphertext = try same.encrypt(Samples.secret("text"), context: [])
        let opened = try Samples.content(key.decrypt(ciphertext, context: []))
        #expect(opened == Array("text".utf8))
    }

    @Test func `writes a key as KES does, byte for byte`() throws {
        let key = try #require(StoredKey.read(Samples.secret(Self.vector)))
        #expect(Samples.text(try StoredKey.write(key)) == Self.vector)
    }

    @Test func `reads what it wrote`() throws {
        for algorithm in KESKeyTests.algorithms {
            let moment = try #require(Samples.moment)
            let key = KESKey.fresh(algorithm, at: moment, by: Samples.identity)
            let value = try StoredKey.write(key)
            #expect(value.count == 208)
            let read = try #require(StoredKey.read(value))
            #expect(read.algorithm == algorithm)
            #expect(read.createdAt == moment && read.createdBy == Samples.identity)
            #expect(read.hmac([1]) == key.hmac([1]))
            let ciphertext = try key.encrypt(Samples.secret("text"), context: [1])
            let opened = try Samples.content(read.decrypt(ciphertext, context: [1]))
            #expect(opened == Array("text".utf8))
        }
    }

    @Test(
        arguments: [
            (#"{"bytes":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#, nil, nil),
            (
                #"{"version":"v1","bytes":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","#
                    + #""algorithm":"XCHACHA20-POLY1305","created_at":"2022-03-15T12:00:00.5+02:00","created_by":"me"}"#,
                KeyAlgorithm.chaCha20, "2022-03-15T10:00:00.5Z"
            ),
            (
                "\n {\"bytes\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"algorithm\":\"AES256-GCM_SHA256\"}\n",
                KeyAlgorithm.aes256, nil
            ),
        ] as [(String, KeyAlgorithm?, String?)]
    )
    func `reads keys of before 2024`(_ text: String, _ algorithm: KeyAlgorithm?, _ moment: String?) throws {
        let key = try #require(StoredKey.read(Samples.secret(text)))
        #expect(key.algorithm == algorithm)
        #expect(key.createdAt?.rfc3339 == moment)
    }

    @Test(arguments: [
        "", " ", "{", "{}", "[]", "null", "no key", "AAAA", "CiQKIMiHG7XrN94FuwblJJor4f7f6rbqAl7DwsLaiIo=",
        #"{"bytes":"AAAA"}"#, #"{"bytes":5}"#, #"{"bytes":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
        #"{"bytes":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","algorithm":"DES"}"#,
    ]) func `refuses what is no key`(_ text: String) {
        #expect(StoredKey.read(Samples.secret(text)) == nil)
    }

    @Test func `survives every cut and every flipped bit`() throws {
        let text = Array(Self.vector.utf8)
        let message = try Samples.bytes(Self.vector)
        for count in 0..<text.count {
            _ = StoredKey.read(Samples.secret(Array(text[..<count])))
        }
        // Cut in the first two fields, it has no key or no key for HMAC.
        for count in 0..<76 {
            let cut = Base64.encode(Array(message[..<count]))
            #expect(StoredKey.read(Samples.secret(cut)) == nil, "\(count)")
        }
        for bit in 0..<(message.count * 8) {
            var flipped = message
            flipped[bit / 8] ^= 1 << (bit % 8)
            _ = StoredKey.read(Samples.secret(Base64.encode(flipped)))
        }
    }
}
