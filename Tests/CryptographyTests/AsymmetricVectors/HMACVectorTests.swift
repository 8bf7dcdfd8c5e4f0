import Crypto
import Testing

@testable import Cryptography

@Suite("HMAC vectors")
struct HMACVectorTests {
    @Test(arguments: zip(["224", "256", "384", "512"], MACAlgorithm.allCases))
    func `of RFC 4231 give the published codes`(_ size: String, _ algorithm: MACAlgorithm) throws {
        let vectors = try VectorFile("HMAC/rfc-4231-sha\(size).txt").vectors(beginningWith: "Len")
        #expect(vectors.count == 6)
        for vector in vectors {
            let key = SymmetricKey(data: try vector.bytes("Key"))
            let code = try vector.bytes("Msg").withBytes { message throws(CryptographyError) in
                try algorithm.authenticationCode(for: message, key: key)
            }
            #expect(code == (try vector.bytes("MD")))
        }
    }
}
