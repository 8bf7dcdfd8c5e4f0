import Testing

@testable import Cryptography

@Suite("AES-KWP vectors")
struct KeyWrapVectorTests {
    @Test(arguments: [("KWP_AD_256.txt", 100), ("KWP_AE_256.txt", 0)])
    func `of SP 800-38F unwrap or are refused`(_ file: String, _ refusals: Int) throws {
        let vectors = try VectorFile("keywrap/kwtestvectors/" + file).vectors()
        #expect(vectors.count == 500)
        #expect(vectors.count { $0.fields["FAIL"] != nil } == refusals)
        for vector in vectors {
            let key = SecretBytes(copying: try vector.bytes("K"))
            let wrapped = try vector.bytes("C")
            let place: Comment = "\(vector.section), COUNT \(vector.fields["COUNT"] ?? "")"
            if vector.fields["FAIL"] != nil {
                #expect(throws: CryptographyError.invalidCiphertext, place) {
                    _ = try AESKeyWrap.unwrap(wrapped, with: key).count
                }
            } else {
                let plaintext = try AESKeyWrap.unwrap(wrapped, with: key).exposedInTest
                #expect(plaintext == (try vector.bytes("P")), place)
            }
        }
    }

    @Test func `of smaller AES keys are refused`() throws {
        let vectors = try VectorFile("keywrap/kwp_botan.txt").vectors()
            .filter { $0.fields["Key"] != nil }
        #expect(vectors.count == 129)
        for vector in vectors {
            let key = SecretBytes(copying: try vector.bytes("Key"))
            let wrapped = try vector.bytes("Output")
            #expect(throws: CryptographyError.invalidCiphertext) {
                _ = try AESKeyWrap.unwrap(wrapped, with: key).count
            }
        }
    }
}
