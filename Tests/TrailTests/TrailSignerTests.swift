import Crypto
import Foundation
import Testing

@testable import Trail

@Suite("TrailSigner")
struct TrailSignerTests {
    @Test(arguments: [0, 16, 31, 33, 64]) func `refuses a key that is not 32 bytes`(count: Int) {
        #expect(throws: TrailError.invalidSigningKey) {
            try TrailSigner(key: SymmetricKey(data: [UInt8](repeating: 1, count: count)))
        }
    }

    @Test func `has the public key that RFC 8032 gives for its first secret key`() throws {
        // RFC 8032, section 7.1, test 1.
        let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
        var bytes = [UInt8](repeating: 0, count: 32)
        let isHex = bytes.withUnsafeMutableBytes { bytes in
            Array(secret.utf8).withUnsafeBytes { LowercaseHex.decode($0, into: bytes) }
        }
        #expect(isHex)
        let pem = try TrailSigner(key: SymmetricKey(data: bytes)).publicKey.pem
        let body = pem.split(separator: "\n")[1]
        let key = try #require(Data(base64Encoded: String(body)))
        #expect(
            key.suffix(32).map { String(format: "%02x", $0) }.joined()
                == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        )
    }

    @Test func `never prints its key`() throws {
        let signer = try TrailSigner.fixed(0xAB)
        var dumped = ""
        dump(signer, to: &dumped)
        dump([signer], to: &dumped)
        let texts = [
            "\(signer)", String(reflecting: signer), "\([signer])", "\(Optional(signer) as Any)", dumped,
        ]
        for text in texts {
            #expect(text.contains("redacted") || text == dumped)
            #expect(!text.contains("171") && !text.lowercased().contains("abab"))
        }
    }

    @Test func `leaves its public key beside the trail`() throws {
        let scratch = Scratch()
        #expect(try TrailPublicKey.read(fromTrailAt: scratch.path) == nil)
        try scratch.writer().close()
        let key = try TrailSigner.fixed().publicKey
        #expect(try TrailPublicKey.read(fromTrailAt: scratch.path) == key)
        try scratch.write(Array("garbage".utf8), to: "public-key")
        #expect(throws: TrailError.invalidPublicKey) { try TrailPublicKey.read(fromTrailAt: scratch.path) }
    }

    @Test func `reads a key from its PEM text and refuses every cut of it`() throws {
        let key = try TrailSigner.fixed().publicKey
        #expect(TrailPublicKey(pem: key.pem) == key)
        #expect(TrailPublicKey(pem: "\n " + key.pem + "\n") == key)
        // The last character is the newline, which may be absent.
        for length in 0..<(key.pem.count - 1) {
            #expect(TrailPublicKey(pem: String(key.pem.prefix(length))) == nil)
        }
    }
}
