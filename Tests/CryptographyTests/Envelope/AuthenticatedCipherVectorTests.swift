import Testing

@testable import Cryptography

@Suite("AuthenticatedCipher")
struct AuthenticatedCipherVectorTests {
    private typealias Library = AuthenticatedCipher.Library

    private static let libraries: [Library] = SodiumGCM.isAvailable ? [.libcrypto, .libsodium] : [.libcrypto]

    /// NIST CAVP, AES-256-GCM; ours are the groups with a 96-bit IV, whatever the length of the tag they
    /// show.
    @Test(arguments: libraries)
    private func `seals as the NIST vectors do`(library: Library) throws {
        let vectors = try VectorFile("ciphers/AES/GCM/gcmEncryptExtIV256.rsp").cavpVectors()
        #expect(vectors.count == 7875)
        var ran = 0
        for vector in vectors where vector.settings["IVlen"] == "96" {
            var sealed = try Self.seal(
                vector.bytes("PT"),
                key: vector.bytes("Key"),
                iv: vector.bytes("IV"),
                header: vector.bytes("AAD"),
                by: library
            )
            let tag = sealed.suffix(16)
            sealed.removeLast(16)
            #expect(sealed == (try vector.bytes("CT")))
            #expect(try tag.starts(with: vector.bytes("Tag")))
            ran += 1
        }
        #expect(ran == 2625)
    }

    /// Here the tag must be whole: 375 vectors, of which 187 must not open.
    @Test(arguments: libraries)
    private func `opens and refuses as the NIST vectors do`(library: Library) throws {
        let vectors = try VectorFile("ciphers/AES/GCM/gcmDecrypt256.rsp").cavpVectors()
        #expect(vectors.count == 7875)
        var opened = 0
        var refused = 0
        for vector in vectors
        where vector.settings["IVlen"] == "96" && vector.settings["Taglen"] == "128" {
            let attempt = Result {
                try Self.open(
                    vector.bytes("CT") + vector.bytes("Tag"),
                    key: vector.bytes("Key"),
                    iv: vector.bytes("IV"),
                    header: vector.bytes("AAD"),
                    by: library
                )
            }
            if vector.fields["FAIL"] == nil {
                #expect(try attempt.get() == vector.bytes("PT"))
                opened += 1
            } else {
                #expect(throws: CryptographyError.invalidCiphertext) { try attempt.get() }
                refused += 1
            }
        }
        #expect(opened + refused == 375 && opened > 150 && refused > 150)
    }

    @Test(arguments: libraries)
    private func `a header and a context are authenticated as one text`(library: Library) throws {
        let key = RandomSource.bytes(32)
        let iv = RandomSource.bytes(12)
        let whole = try Self.seal([1, 2, 3], key: key, iv: iv, header: [7, 8, 9], by: library)
        let parts = try Self.seal([1, 2, 3], key: key, iv: iv, header: [7], context: [8, 9], by: library)
        #expect(whole == parts)
    }

    @Test(arguments: libraries)
    private func `wipes what it decrypted when the tag is wrong`(library: Library) throws {
        let key = RandomSource.bytes(32)
        let iv = RandomSource.bytes(12)
        let sealed = try Self.seal(
            [UInt8](repeating: 0xA5, count: 64),
            key: key,
            iv: iv,
            header: [],
            by: library
        )
        var output = [UInt8](repeating: 0xEE, count: 64)
        #expect(throws: CryptographyError.invalidCiphertext) {
            try Self.open(
                sealed.flippingBit(64 * 8),
                key: key,
                iv: iv,
                header: [],
                into: &output,
                by: library
            )
        }
        #expect(output == [UInt8](repeating: 0, count: 64))
    }

    /// Which library works changes with the lengths of text and associated data.
    @Test(arguments: [0, 1, 16, 33, 511, 512, 513, 4_096], [0, 1, 66, 414, 415, 900])
    func `opens what it sealed whatever the library`(count: Int, contextCount: Int) throws {
        let (key, iv) = (RandomSource.bytes(32), RandomSource.bytes(12))
        let (text, header) = (RandomSource.bytes(count), RandomSource.bytes(66))
        let context = RandomSource.bytes(contextCount)
        let sealed = try Self.seal(text, key: key, iv: iv, header: header, context: context)
        let other = try Self.seal(text, key: key, iv: iv, header: header, context: context, by: .libcrypto)
        #expect(sealed == other)
        #expect(try Self.open(sealed, key: key, iv: iv, header: header + context) == text)
        #expect(throws: CryptographyError.invalidCiphertext) {
            try Self.open(sealed.flippingBit(3), key: key, iv: iv, header: header + context)
        }
        #expect(throws: CryptographyError.invalidCiphertext) {
            try Self.open(sealed, key: key, iv: iv, header: header + context + [0])
        }
    }

    @Test(arguments: 0..<16)
    func `refuses what is shorter than a tag`(count: Int) {
        #expect(throws: CryptographyError.invalidCiphertext) {
            try Self.open(
                [UInt8](repeating: 0, count: count),
                key: [UInt8](repeating: 0, count: 32),
                iv: [UInt8](repeating: 0, count: 12),
                header: []
            )
        }
    }

    private static func seal(
        _ plaintext: [UInt8],
        key: [UInt8],
        iv: [UInt8],
        header: [UInt8],
        context: [UInt8] = [],
        by library: Library? = nil
    ) throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: plaintext.count + 16)
        try withPointers(plaintext, key, iv, header, context) { plaintext, key, iv, data in
            try output.withUnsafeMutableBytes {
                try AuthenticatedCipher.seal(
                    plaintext,
                    key: key,
                    iv: iv,
                    authenticating: data,
                    into: $0,
                    by: library
                )
            }
        }
        return output
    }

    private static func open(
        _ sealed: [UInt8],
        key: [UInt8],
        iv: [UInt8],
        header: [UInt8],
        by library: Library? = nil
    ) throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: max(0, sealed.count - 16))
        try open(sealed, key: key, iv: iv, header: header, into: &output, by: library)
        return output
    }

    private static func open(
        _ sealed: [UInt8],
        key: [UInt8],
        iv: [UInt8],
        header: [UInt8],
        into output: inout [UInt8],
        by library: Library? = nil
    ) throws {
        try withPointers(sealed, key, iv, header, []) { sealed, key, iv, data in
            try output.withUnsafeMutableBytes {
                try AuthenticatedCipher.open(
                    sealed,
                    key: key,
                    iv: iv,
                    authenticating: data,
                    into: $0,
                    by: library
                )
            }
        }
    }

    private static func withPointers(
        _ text: [UInt8],
        _ key: [UInt8],
        _ iv: [UInt8],
        _ header: [UInt8],
        _ context: [UInt8],
        _ body: (
            UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer,
            AuthenticatedCipher.AssociatedData
        ) throws -> Void
    ) throws {
        try text.withUnsafeBytes { text in
            try key.withUnsafeBytes { key in
                try iv.withUnsafeBytes { iv in
                    try header.withUnsafeBytes { header in
                        try context.withUnsafeBytes { context in
                            try body(text, key, iv, .init(header: header, context: context))
                        }
                    }
                }
            }
        }
    }
}

extension VectorFile {
    /// One case of a CAVP response file, with all settings in force, of which a section repeats only some.
    struct CAVPVector {
        var settings: [Substring: Substring] = [:]
        var fields: [Substring: Substring] = [:]

        func bytes(_ name: Substring) throws -> [UInt8] {
            [UInt8](hexadecimal: try #require(fields[name], "no field \(name)"))
        }
    }

    func cavpVectors() -> [CAVPVector] {
        var vectors: [CAVPVector] = []
        var settings: [Substring: Substring] = [:]
        for line in lines where !line.isEmpty && !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1).map {
                $0.filter { !"[] ".contains($0) }[...]
            }
            let value = parts.dropFirst().first ?? ""
            if line.hasPrefix("[") {
                settings[parts[0]] = value
            } else if parts[0] == "Count" {
                vectors.append(CAVPVector(settings: settings))
            } else if !vectors.isEmpty {
                vectors[vectors.count - 1].fields[parts[0]] = value
            }
        }
        return vectors
    }
}
