import AWSProtocol
import Cryptography
import KES
import Testing

/// Ciphertexts that KES's releases made, from the reference's page of formats.
@Suite("Ciphertexts of KES")
struct CiphertextVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let algorithm: String
        let ciphertext: [UInt8]
        var key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        var context: [UInt8] = []
        var plaintext = "AAAAAAAAAAAAAAAAAAAAAA=="

        var testDescription: String { name }

        func key(algorithm: String?) throws -> KESKey {
            try Samples.key(Samples.bytes(key), algorithm: algorithm)
        }
    }

    static let jsonAES =
        #"{"aead":"AES-256-GCM-HMAC-SHA-256","iv":"xLxIN3tSCkg2xMafuvwUwg==","nonce":"gu0mGwUkwcvMEoi5","#
        + #""bytes":"WVgRjeIJm3w50C/l+y7y2i6mbNg5NCAqN1zvOYWZKmc="}"#
    static let jsonChaCha =
        #"{"aead":"ChaCha20Poly1305","iv":"s3fSZ6vk5m+DfQA8yZWeUg==","nonce":"8/kHMnCMs3h9NZ2a","#
        + #""bytes":"cw22HjLq/4cx8507SW4hhSrYbDiMuRao4b5+GE+XfbE="}"#
    static let packAES =
        "lbFBRVMyNTYtR0NNX1NIQTI1NtkgNjY2ODdhYWRmODYyYmQ3NzZjOGZjMThiOGU5ZjhlMjDEEExv7LAd4oz0SaHZrX5LBufEDEKM"
        + "E1ow1CDfUFrqv8QgJuy7Sw+jVqz99TK1HV851LT3K4mwwDv46TB2ngWkAJQ="
    static let packChaCha =
        "lbJYQ0hBQ0hBMjAtUE9MWTEzMDXZIDY2Njg3YWFkZjg2MmJkNzc2YzhmYzE4YjhlOWY4ZTIwxBBAr+aptD4x2+qfOhiErbnkxAxY"
        + "s8RmNC1JJXD1hiHEIJ2KqM0jjkME7ndx8nyVseesN83Np0rM5ejVUun+fNFu"

    static let vectors: [Vector] = [
        Vector(name: "G2 AES", algorithm: "AES256", ciphertext: Array(jsonAES.utf8)),
        Vector(name: "G2 ChaCha20", algorithm: "ChaCha20", ciphertext: Array(jsonChaCha.utf8)),
        Vector(name: "G3 AES", algorithm: "AES256", ciphertext: Base64.decode(packAES) ?? []),
        Vector(name: "G3 ChaCha20", algorithm: "ChaCha20", ciphertext: Base64.decode(packChaCha) ?? []),
        Vector(
            name: "G4 AES",
            algorithm: "AES256",
            ciphertext: Base64.decode(
                "zwdDgHeRlIFRnJ7+DIhs/ka7GFK2CFSfDELqg1VCyTQzZ58o7MAdupMLk3ZjlMo2ZUDwldL2o41nAWDc"
            ) ?? []
        ),
        Vector(
            name: "G4 AES with a context",
            algorithm: "AES256",
            ciphertext: Base64.decode(
                "s2gmfQHeGdlyL8x1yEWSACUV3GrSoz3t160hugMgzKWgyqesXDVUJ5Dw5Mt076rR1PNiU9X4YjLH14D8a81t2r2xsz4gVZac"
            ) ?? [],
            key: "dDHbTWgo+Yh3u804SYB5OyVMy6RiLeJYBQth1f6KlEU=",
            context: [UInt8](repeating: 0, count: 16),
            plaintext: "CLcJoykFCWZDkEIiUq9bJRqwCwW9ZDvdgu8EMA=="
        ),
        Vector(
            name: "G4 ChaCha20",
            algorithm: "ChaCha20",
            ciphertext: Base64.decode(
                "gO4woRIswAJdjUjW7z2ApsSQxJlwB24yjLrmH4eI7sB0uh5nfEJfk9ybTPFft5FRFaZCVBmzhx7OJs9n0WWtxH3sySIxecIK"
            ) ?? [],
            key: "dDHbTWgo+Yh3u804SYB5OyVMy6RiLeJYBQth1f6KlEU=",
            context: [UInt8](repeating: 0, count: 16),
            plaintext: "CLcJoykFCWZDkEIiUq9bJRqwCwW9ZDvdgu8EMA=="
        ),
    ]

    @Test func `are all there`() { #expect(Self.vectors.filter { !$0.ciphertext.isEmpty }.count == 7) }

    @Test(arguments: vectors) func `are decrypted`(_ vector: Vector) throws {
        let plaintext = try vector.key(algorithm: vector.algorithm)
            .decrypt(vector.ciphertext, context: vector.context)
        let content = Samples.content(plaintext)
        #expect(try content == Samples.bytes(vector.plaintext))
    }

    /// A key without an algorithm was used on processors of both kinds.
    @Test(arguments: vectors.filter { $0.name.hasPrefix("G2") || $0.name.hasPrefix("G3") })
    func `are decrypted by what they say under a key that says nothing`(_ vector: Vector) throws {
        let plaintext = try vector.key(algorithm: nil).decrypt(vector.ciphertext, context: vector.context)
        let content = Samples.content(plaintext)
        #expect(try content == Samples.bytes(vector.plaintext))
    }

    @Test(arguments: vectors) func `are refused whichever bit is flipped`(_ vector: Vector) throws {
        let key = try vector.key(algorithm: vector.algorithm)
        for bit in 0..<(vector.ciphertext.count * 8) {
            var flipped = vector.ciphertext
            flipped[bit / 8] ^= 1 << (bit % 8)
            // The id of the key and the case of a name of JSON are not authenticated.
            guard let plaintext = try? key.decrypt(flipped, context: vector.context) else { continue }
            let content = Samples.content(plaintext)
            #expect(try content == Samples.bytes(vector.plaintext))
            #expect(!vector.name.hasPrefix("G4"), "bit \(bit) of \(vector.name)")
        }
    }

    @Test(arguments: vectors) func `are refused wherever they are cut off`(_ vector: Vector) throws {
        let key = try vector.key(algorithm: vector.algorithm)
        for count in 0..<vector.ciphertext.count {
            #expect(throws: KESError.decryptionFailed, "\(count) bytes of \(vector.name)") {
                _ = try key.decrypt(Array(vector.ciphertext[..<count]), context: vector.context)
            }
        }
        #expect(throws: KESError.decryptionFailed) {
            _ = try key.decrypt(vector.ciphertext + [0], context: vector.context)
        }
    }

    @Test(arguments: vectors) func `are refused with another context or key`(_ vector: Vector) throws {
        let key = try vector.key(algorithm: vector.algorithm)
        #expect(throws: KESError.decryptionFailed) {
            _ = try key.decrypt(vector.ciphertext, context: vector.context + [0])
        }
        let other = try Samples.key([UInt8](repeating: 7, count: 32), algorithm: vector.algorithm)
        #expect(throws: KESError.decryptionFailed) {
            _ = try other.decrypt(vector.ciphertext, context: vector.context)
        }
    }

    @Test func `of the first generation are refused`() throws {
        let old = Self.jsonAES.replacing("-HMAC-SHA-256", with: "")
        let key = try Samples.key(Samples.zeroKey, algorithm: "AES256")
        #expect(throws: KESError.decryptionFailed) { _ = try key.decrypt(Array(old.utf8), context: []) }
    }
}
