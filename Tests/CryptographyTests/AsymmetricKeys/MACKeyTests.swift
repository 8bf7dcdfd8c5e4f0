import Testing

@testable import Cryptography

@Suite("MAC keys")
struct MACKeyTests {
    private func code(_ key: MACKey, _ message: [UInt8], _ algorithm: MACAlgorithm) throws -> [UInt8] {
        try message.withBytes { bytes throws(CryptographyError) in
            try key.authenticationCode(for: bytes, algorithm: algorithm)
        }
    }

    private func isValid(_ key: MACKey, _ code: [UInt8], _ message: [UInt8]) throws -> Bool {
        let algorithm = try #require(key.spec.macAlgorithms.first)
        return try message.withBytes { bytes throws(CryptographyError) in
            try key.verify(code, for: bytes, algorithm: algorithm)
        }
    }

    @Test(arguments: zip(KeySpec.macs, [28, 32, 48, 64]))
    func `verify their own code and no other`(_ spec: KeySpec, _ byteCount: Int) throws {
        let key = try MACKey.generate(spec)
        let algorithm = try #require(spec.macAlgorithms.first)
        let message = Array("a message".utf8)
        let code = try code(key, message, algorithm)
        #expect(code.count == byteCount)
        #expect(try isValid(key, code, message))
        #expect(try !isValid(key, code, message + [0]))
        #expect(try !isValid(key, [], message))
        #expect(try !isValid(key, Array(code.dropLast()), message))
        #expect(try !isValid(key, code + [0], message))
        #expect(try !isValid(MACKey.generate(spec), code, message))
        for bit in 0..<(code.count * 8) { #expect(try !isValid(key, code.flippingBit(bit), message)) }
    }

    @Test(arguments: KeySpec.macs)
    func `give back the same key`(_ spec: KeySpec) throws {
        let key = try MACKey.generate(spec)
        let bytes = key.serialized().exposedInTest
        let again = try bytes.withBytes { raw throws(CryptographyError) in
            try MACKey(spec: spec, serialized: raw)
        }
        let algorithm = try #require(spec.macAlgorithms.first)
        #expect(try code(again, [], algorithm) == code(key, [], algorithm))
        #expect(again.serialized().exposedInTest == bytes)
        #expect(bytes.count == spec.symmetricKeyByteCount)
    }

    @Test(arguments: KeySpec.macs, [0, 1, 27, 28, 29, 31, 32, 33, 47, 48, 49, 63, 64, 65])
    func `have exactly the spec's length`(_ spec: KeySpec, _ byteCount: Int) {
        guard byteCount != spec.symmetricKeyByteCount else { return }
        #expect(throws: CryptographyError.invalidKeyMaterial) {
            try [UInt8](repeating: 1, count: byteCount).withBytes { raw throws(CryptographyError) in
                try MACKey(spec: spec, serialized: raw)
            }
        }
    }

    @Test(arguments: KeySpec.macs, MACAlgorithm.allCases)
    func `refuse another size's algorithm`(_ spec: KeySpec, _ algorithm: MACAlgorithm) throws {
        guard spec.macAlgorithms != [algorithm] else { return }
        let key = try MACKey.generate(spec)
        let refusal = CryptographyError.incompatible(algorithm: algorithm.rawValue, spec: spec)
        #expect(throws: refusal) { try code(key, [1], algorithm) }
    }

    @Test func `are not made for other specs`() {
        for spec in KeySpec.allCases where !spec.isHMAC {
            #expect(throws: CryptographyError.unsupported(.keySpec(spec))) { try MACKey.generate(spec) }
        }
    }

    @Test func `do not show in text or in dump`() throws {
        let key = try MACKey.generate(.hmac256)
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "<redacted>")
        #expect(String(reflecting: key) == "<redacted>")
        #expect(dumped.count < 100)
    }
}
