import Testing

@testable import Cryptography

@Suite("CounterKDF")
struct CounterKDFVectorTests {
    /// The NIST vectors of HMAC-SHA-256 with a 32-bit counter before the fixed input.
    @Test func `agrees with the NIST vectors`() throws {
        let file = try VectorFile("KDF/nist-800-108-KBKDF-CTR.txt")
        var settings: [Substring: Substring] = [:]
        var fields: [Substring: Substring] = [:]
        var ran = 0
        for line in file.lines {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].filter { $0 != "[" && $0 != " " }[...]
            let value = line[line.index(after: equals)...].filter { $0 != "]" && $0 != " " }[...]
            if line.hasPrefix("[") { settings[name] = value } else { fields[name] = value }
            guard name == "KO" else { continue }
            defer { fields = [:] }
            guard settings["PRF"] == "HMAC_SHA256", settings["CTRLOCATION"] == "BEFORE_FIXED",
                settings["RLEN"] == "32_BITS"
            else { continue }
            let key = [UInt8](hexadecimal: try #require(fields["KI"]))
            let input = [UInt8](hexadecimal: try #require(fields["FixedInputData"]))
            let bits = try #require(fields["L"].flatMap { Int($0) })
            var output = [UInt8](repeating: 0, count: bits / 8)
            try Self.derive(key: key, input: input, into: &output)
            #expect(output == [UInt8](hexadecimal: value), "COUNT \(fields["COUNT"] ?? "?")")
            ran += 1
        }
        #expect(ran == 40)
    }

    @Test(arguments: [0, 1, 31, 32, 33, 44, 64, 65])
    func `gives a prefix of the longer output for the shorter`(count: Int) throws {
        let key = RandomSource.bytes(32)
        var long = [UInt8](repeating: 0, count: 100)
        var short = [UInt8](repeating: 0, count: count)
        try Self.derive(key: key, input: [1, 2, 3], into: &long)
        try Self.derive(key: key, input: [1, 2, 3], into: &short)
        #expect(short == Array(long.prefix(count)))
    }

    private static func derive(key: [UInt8], input: [UInt8], into output: inout [UInt8]) throws {
        try key.withUnsafeBytes { key in
            try input.withUnsafeBytes { input in
                try output.withUnsafeMutableBytes {
                    try CounterKDF.derive(key: DerivationKey(key), input: input, into: $0)
                }
            }
        }
    }
}
