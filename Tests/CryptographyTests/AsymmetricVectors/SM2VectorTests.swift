import Testing

@testable import Cryptography

/// GB/T 32918.5-2017, annexes A to C: the examples on the recommended curve.
@Suite("SM2 vectors")
struct SM2VectorTests {
    private func key() throws -> AsymmetricKey {
        let der = PublishedKey.curvePrivate(
            .sm2,
            scalar: [UInt8](hexadecimal: "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"),
            x: [UInt8](hexadecimal: "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"),
            y: [UInt8](hexadecimal: "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13")
        )
        return try der.withBytes { raw throws(CryptographyError) in
            try AsymmetricKey(spec: .sm2, serialized: raw)
        }
    }

    @Test func `of a signature verify, as a message and as its digest`() throws {
        let key = try key()
        let signature = DERBuilder.sequence(
            DERBuilder.integer(
                [UInt8](hexadecimal: "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3")
            ),
            DERBuilder.integer(
                [UInt8](hexadecimal: "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA")
            )
        )
        let message = Array("message digest".utf8)
        let digest = [UInt8](hexadecimal: "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640")
        #expect(key.isConsistent)
        #expect(try key.verify(signature: signature, of: message, type: .raw, algorithm: .sm2DSA))
        #expect(try key.verify(signature: signature, of: digest, type: .digest, algorithm: .sm2DSA))
        #expect(try !key.verify(signature: signature, of: digest, type: .raw, algorithm: .sm2DSA))
        let own = try key.sign(message, type: .raw, algorithm: .sm2DSA)
        #expect(try key.verify(signature: own, of: digest, type: .digest, algorithm: .sm2DSA))
    }

    @Test func `of a ciphertext decrypt`() throws {
        let ciphertext = DERBuilder.sequence(
            DERBuilder.integer(
                [UInt8](hexadecimal: "04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73")
            ),
            DERBuilder.integer(
                [UInt8](hexadecimal: "E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0")
            ),
            DERBuilder.octets(
                [UInt8](hexadecimal: "59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766")
            ),
            DERBuilder.octets([UInt8](hexadecimal: "21886CA989CA9C7D58087307CA93092D651EFA"))
        )
        let plaintext = try key().decrypt(ciphertext, algorithm: .sm2PKE).exposedInTest
        #expect(plaintext == Array("encryption standard".utf8))
    }
}
