import Testing

@testable import Cryptography

@Suite("RSA-OAEP vectors")
struct OAEPVectorTests {
    private static let numberLabels = [
        "Modulus:", "Public exponent:", "Exponent:", "Prime 1:", "Prime 2:", "Prime exponent 1:",
        "Prime exponent 2:", "Coefficient:",
    ]

    /// Decrypts every example whose key is an RSA_2048 key; gives how many there were of all.
    private func run(_ file: String, _ algorithm: EncryptionAlgorithm) throws -> (run: Int, held: Int) {
        var (ran, held) = (0, 0)
        var numbers: [String: [UInt8]] = [:]
        var message: [UInt8] = []
        for (label, bytes) in try VectorFile("asymmetric/RSA/" + file).labelledValues() where !bytes.isEmpty {
            // The last "Exponent:" of a key is the private one: the public one is repeated under its own
            // name.
            if Self.numberLabels.contains(label) { numbers[label] = bytes }
            if label == "Message:" { message = bytes }
            guard label == "Encryption:" else { continue }
            held += 1
            guard numbers["Modulus:"]?.count == 256, numbers["Modulus:"]?.first ?? 0 >= 0x80 else { continue }
            let der = PublishedKey.rsaPrivate(try Self.numberLabels.map { try #require(numbers[$0]) })
            let key = try der.withBytes { raw throws(CryptographyError) in
                try AsymmetricKey(spec: .rsa2048, serialized: raw)
            }
            let plaintext = try key.decrypt(bytes, algorithm: algorithm).exposedInTest
            #expect(plaintext == message, "\(file), example \(held)")
            ran += 1
        }
        return (ran, held)
    }

    @Test func `of SHA-1 decrypt`() throws {
        #expect(try run("pkcs-1v2-1d2-vec/oaep-vect.txt", .rsaesOAEPSHA1) == (6, 60))
    }

    @Test func `of SHA-256 decrypt`() throws {
        #expect(try run("oaep-custom/oaep-sha256-sha256.txt", .rsaesOAEPSHA256) == (60, 60))
    }
}
