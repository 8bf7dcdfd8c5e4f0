import Testing

@testable import Cryptography

@Suite("Key agreement")
struct KeyAgreementTests {
    @Test(arguments: zip(KeySpec.agreeing, [32, 48, 66]))
    func `gives both sides one secret of the field's length`(_ spec: KeySpec, _ byteCount: Int) throws {
        let (one, other) = (try SampleKeys.key(spec), try SampleKeys.other(spec))
        let secret = try one.sharedSecret(withPeer: other.publicKeyDER).exposedInTest
        #expect(secret == (try other.sharedSecret(withPeer: one.publicKeyDER).exposedInTest))
        #expect(secret.count == byteCount)
        let third = try AsymmetricKey.generate(spec)
        #expect(secret != (try third.sharedSecret(withPeer: one.publicKeyDER).exposedInTest))
    }

    @Test(arguments: KeySpec.agreeing, KeySpec.asymmetricSupported)
    func `refuses a peer of another spec`(_ spec: KeySpec, _ peer: KeySpec) throws {
        guard spec != peer else { return }
        let key = try SampleKeys.key(spec)
        let publicKey = try SampleKeys.key(peer).publicKeyDER
        #expect(throws: CryptographyError.invalidPublicKey) {
            _ = try key.sharedSecret(withPeer: publicKey).count
        }
    }

    @Test(arguments: KeySpec.agreeing)
    func `refuses a garbage peer`(_ spec: KeySpec) throws {
        let key = try SampleKeys.key(spec)
        let other = try SampleKeys.other(spec)
        let peer = other.publicKeyDER
        // The byte 04 before the coordinates: 06 and 07 are X9.62's hybrid form of the same point.
        let form = peer.count - other.point.count
        func refuses(_ peer: [UInt8], _ cause: Comment) {
            #expect(throws: CryptographyError.invalidPublicKey, cause) {
                _ = try key.sharedSecret(withPeer: peer).count
            }
        }
        for length in 0..<peer.count { refuses(Array(peer.prefix(length)), "cut to \(length)") }
        refuses(peer + [0], "trailing byte")
        let seed: UInt64 = 0xEC
        var random = RepeatableBytes(seed: seed)
        // A flipped point is off the curve; a flipped header is no public key of this curve.
        for _ in 0..<100 {
            let bit = Int.random(in: 0..<(peer.count * 8), using: &random)
            if bit / 8 != form { refuses(peer.flippingBit(bit), "seed \(seed), bit \(bit)") }
            refuses(random.bytes(Int.random(in: 0...200, using: &random)), "seed \(seed), random")
        }
    }

    @Test func `refuses a point at infinity and the origin`() throws {
        let key = try SampleKeys.key(.nistP256)
        let origin = PublishedKey.curvePublic(.nistP256, x: [0], y: [0])
        let algorithm = DERBuilder.sequence(
            ObjectIdentifiers.ecPublicKey,
            ObjectIdentifiers.curve(.nistP256)
        )
        let infinity = DERBuilder.sequence(algorithm, DERBuilder.bits([0]))
        for peer in [origin, infinity] {
            #expect(throws: CryptographyError.invalidPublicKey) {
                _ = try key.sharedSecret(withPeer: peer).count
            }
        }
    }

    @Test(arguments: KeySpec.asymmetricSupported.filter { !KeySpec.agreeing.contains($0) })
    func `is refused for keys of other specs`(_ spec: KeySpec) throws {
        let key = try SampleKeys.key(spec)
        #expect(throws: CryptographyError.incompatible(algorithm: "ECDH", spec: spec)) {
            _ = try key.sharedSecret(withPeer: key.publicKeyDER).count
        }
    }
}
