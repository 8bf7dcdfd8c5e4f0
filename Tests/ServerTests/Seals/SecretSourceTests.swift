import Cryptography
import Foundation
import Testing

@testable import Server

@Suite("Secrets from outside")
struct SecretSourceTests {
    private func source(_ descriptor: Int32?, variable: String = "STRONGROOM_TEST_NONE") -> SecretSource {
        SecretSource(option: "seal-passphrase-fd", descriptor: descriptor, variable: variable, prompt: "P")
    }

    private func descriptor(giving bytes: [UInt8]) throws -> Int32 {
        let path = FileManager.default.temporaryDirectory.path + "/secret-\(UInt64.random(in: 0 ... .max))"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        return open(path, O_RDONLY)
    }

    private func text(_ secret: SharedSecret) -> String {
        secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        ("a secret", "a secret"), ("line\n", "line"), ("line\r\n", "line"), ("a\nb", "a"), (" a ", " a "),
    ])
    func `come from a descriptor up to the end of its line`(given: String, expected: String) throws {
        let secret = try source(try descriptor(giving: Array(given.utf8))).read(confirmed: true)
        #expect(text(secret) == expected)
    }

    @Test func `are refused when a descriptor gives nothing, too much or is not open`() throws {
        for given in [[], [0x0A], [UInt8](repeating: 0x41, count: SecretSource.bytesMax + 1)] {
            let source = source(try descriptor(giving: given))
            #expect(throws: SealError.self) { try source.read(confirmed: false) }
        }
        #expect(throws: SealError.self) { try source(9_999).read(confirmed: false) }
    }

    @Test func `are taken out of the environment`() throws {
        setenv("STRONGROOM_TEST_SECRET", "hunter2 hunter2", 1)
        setenv("STRONGROOM_TEST_EMPTY", "", 1)
        let place = try #require(getenv("STRONGROOM_TEST_SECRET"))
        let secrets = EnvironmentSecrets(
            taking: ["STRONGROOM_TEST_SECRET", "STRONGROOM_TEST_EMPTY", "STRONGROOM_TEST_NONE"]
        )
        #expect(getenv("STRONGROOM_TEST_SECRET") == nil)
        #expect(place.pointee == 0)
        let secret = try source(nil, variable: "STRONGROOM_TEST_SECRET")
            .read(confirmed: false, environment: secrets)
        #expect(text(secret) == "hunter2 hunter2")
        #expect(!"\(secret) \(String(reflecting: secrets))".contains("hunter2"))
        #expect(throws: SealError.self) {
            try source(nil, variable: "STRONGROOM_TEST_EMPTY").read(confirmed: false, environment: secrets)
        }
        #expect(EnvironmentSecrets.variable("to-seal-passphrase") == "STRONGROOM_TO_SEAL_PASSPHRASE")
    }

    @Test(arguments: [
        ("abc\n", "abc"), ("abx\u{7F}c\r", "abc"), ("\u{8}a\n", "a"), ("wrong\u{15}right\n", "right"),
        ("aé\u{7F}b\n", "ab"), ("a\u{1F511}\u{7F}\u{7F}b\n", "b"), ("a\u{4}", "a"),
    ])
    func `are typed with the usual keys`(typed: String, expected: String) {
        var line = TypedLine()
        let outcomes = typed.utf8.map { line.type($0) }
        #expect(outcomes.last == .ended)
        #expect(outcomes.dropLast().allSatisfy { $0 == .more })
        let bytes = line.bytes.copy(count: line.count)
        #expect(bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test func `can be given up, and have an end`() {
        var line = TypedLine()
        #expect(line.type(0x04) == .cancelled)
        #expect(line.type(0x41) == .more)
        #expect(line.type(0x03) == .cancelled)
        for _ in 1..<SecretSource.bytesMax { #expect(line.type(0x41) == .more) }
        #expect(line.type(0x41) == .tooLong)
    }
}
