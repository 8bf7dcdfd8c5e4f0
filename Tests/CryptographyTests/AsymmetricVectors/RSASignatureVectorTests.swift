import Crypto
import Testing

@testable import Cryptography

@Suite("RSA signature vectors")
struct RSASignatureVectorTests {
    private typealias Hashed = (hash: SignatureHash, digest: [UInt8])

    private func hashed(_ name: Substring?, _ message: [UInt8]) -> Hashed? {
        let hash: SignatureHash? =
            switch name {
            case "SHA256": .sha256
            case "SHA384": .sha384
            case "SHA512": .sha512
            default: nil
            }
        return hash.map { hash in (hash, message.withBytes { hash.digest(of: $0) }) }
    }

    /// Runs the vectors of a file whose modulus and hash KMS has; gives how many were valid and how many not.
    private func run(_ file: String, pss: Bool, held: Int) throws -> (valid: Int, invalid: Int) {
        var (valid, invalid, seen) = (0, 0, 0)
        var (modulus, exponent): ([UInt8], [UInt8]) = ([], [])
        for vector in try VectorFile("asymmetric/RSA/FIPS_186-2/" + file).vectors(beginningWith: "SHAAlg") {
            if vector.fields["n"] != nil { modulus = try vector.bytes("n") }
            if vector.fields["e"] != nil { exponent = try vector.bytes("e") }
            guard vector.fields["SHAAlg"] != nil else { continue }
            seen += 1
            guard let spec = KeySpec.rsa.first(where: { $0.modulusBitCount == modulus.count * 8 }),
                let (hash, digest) = hashed(vector.fields["SHAAlg"], try vector.bytes("Msg"))
            else { continue }
            let der = PublishedKey.rsaPublic(modulus: modulus, exponent: exponent)
            let key = try LibcryptoKey.load(spec, subjectPublicKeyInfo: der)
            // The file writes an empty salt as one zero byte.
            let salt = pss ? vector.fields["SaltVal"] : nil
            let scheme: LibcryptoKey.SignatureScheme =
                pss
                ? .rsaPSS(hash, saltByteCount: salt == "00" ? 0 : (salt?.count ?? 0) / 2)
                : .rsaPKCS1v15(hash)
            let signature = try vector.bytes("S")
            let isValid = digest.withBytes { key.isValid(signature: signature, digest: $0, scheme) }
            let expected = vector.fields["Result"].map { $0.hasPrefix("P") } ?? true
            #expect(isValid == expected, "\(file), vector \(seen)")
            if expected { valid += 1 } else { invalid += 1 }
        }
        #expect(seen == held)
        return (valid, invalid)
    }

    @Test func `of PKCS #1 v1.5 verify as FIPS 186-3 says`() throws {
        #expect(try run("SigVer15_186-3.rsp", pss: false, held: 450) == (27, 135))
    }

    @Test func `of PKCS #1 v1.5 made by others verify`() throws {
        #expect(try run("SigGen15_186-3.rsp", pss: false, held: 250) == (90, 0))
    }

    @Test func `of PSS verify as FIPS 186-3 says`() throws {
        #expect(try run("SigVerPSS_186-3.rsp", pss: true, held: 450) == (27, 135))
    }

    @Test func `of PSS made by others verify`() throws {
        #expect(try run("SigGenPSS_186-3.rsp", pss: true, held: 250) == (90, 0))
    }
}
