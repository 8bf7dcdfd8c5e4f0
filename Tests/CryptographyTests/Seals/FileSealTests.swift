import Foundation
import Testing

@testable import Cryptography

@Suite("FileSeal")
struct FileSealTests {
    private let deployment = DeploymentID(of: .generate(now: Date(timeIntervalSince1970: 0)))
    private let directory: TemporaryDirectory
    private var path: String { directory.path("seal.key") }

    init() throws { directory = try TemporaryDirectory() }

    @Test func `makes a key file that only its owner may read`() async throws {
        let made = try FileSeal.create(keyFile: path)
        #expect(try directory.mode("seal.key") == 0o600)
        let text = String(decoding: try directory.bytes("seal.key"), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3 && lines[0] == "strongroom-seal-key-v1" && lines[2].isEmpty)
        #expect(Data(base64Encoded: String(lines[1]))?.count == 32)

        let secret = SecretBytes(randomCount: 100)
        let wrapped = try await made.wrap(secret, for: deployment)
        let read = try FileSeal(keyFile: path)
        #expect(try await read.unwrap(wrapped, for: deployment).exposedInTest == secret.exposedInTest)
    }

    @Test func `never overwrites a key`() throws {
        _ = try FileSeal.create(keyFile: path)
        let before = try directory.bytes("seal.key")
        #expect(throws: SealError.file(.exists(path: path))) { try FileSeal.create(keyFile: path) }
        #expect(try directory.bytes("seal.key") == before)
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o644, 0o601, 0o620])
    func `refuses a file that is open to others, and says how to close it`(mode: Int) throws {
        _ = try FileSeal.create(keyFile: path)
        try directory.write(try directory.bytes("seal.key"), to: "seal.key", mode: mode)
        let error = #expect(throws: SealError.self) { try FileSeal(keyFile: path) }
        #expect(error == .file(.openToOthers(path: path, mode: UInt32(mode))))
        #expect(error?.description.contains("chmod 600 \(path)") == true)
    }

    @Test(arguments: [0o600, 0o400])
    func `takes a file that is closed to others`(mode: Int) throws {
        _ = try FileSeal.create(keyFile: path)
        try directory.write(try directory.bytes("seal.key"), to: "seal.key", mode: mode)
        _ = try FileSeal(keyFile: path)
    }

    @Test func `takes a file without its last newline`() throws {
        _ = try FileSeal.create(keyFile: path)
        try directory.write(try directory.bytes("seal.key").dropLast(), to: "seal.key")
        _ = try FileSeal(keyFile: path)
    }

    @Test func `says that a file is missing or no file`() throws {
        #expect(throws: SealError.file(.missing(path: path))) { try FileSeal(keyFile: path) }
        let error = #expect(throws: SealError.self) { try FileSeal(keyFile: directory.path) }
        #expect(error?.description.contains("not a regular file") == true)
    }

    @Test func `refuses every truncation and every flipped bit of the text but keeps its key`() throws {
        _ = try FileSeal.create(keyFile: path)
        let bytes = try directory.bytes("seal.key")
        for count in 0..<(bytes.count - 1) {
            try directory.write(Array(bytes.prefix(count)), to: "seal.key")
            try expectMalformed("prefix of \(count)")
        }
        try directory.write(bytes + [0x0A], to: "seal.key")
        try expectMalformed("a line more")
        // The header, the `=` and the newline; another base64 digit is another key, which no reader can tell.
        let header = 0..<23
        for index in Array(header) + [bytes.count - 2, bytes.count - 1] {
            for bit in 0..<8 {
                try directory.write(bytes.flippingBit(index * 8 + bit), to: "seal.key")
                try expectMalformed("byte \(index) bit \(bit)")
            }
        }
        for foreign in ["!", " ", "-", "_", "\n", "=", "\0"] {
            var changed = bytes
            changed.replaceSubrange(30...30, with: Array(foreign.utf8))
            try directory.write(changed, to: "seal.key")
            try expectMalformed("digit \(foreign)")
        }
    }

    @Test func `refuses a file that is much too long`() throws {
        try directory.write([UInt8](repeating: 0x41, count: 100_000), to: "seal.key")
        try expectMalformed("100,000 bytes")
    }

    @Test func `opens nothing that another key or kind wrapped, nor anything changed`() async throws {
        let seal = try FileSeal.create(keyFile: path)
        let other = try FileSeal.create(keyFile: directory.path("other.key"))
        let wrapped = try await seal.wrap(SecretBytes(randomCount: 40), for: deployment)
        await #expect(throws: SealError.refused) {
            _ = try await other.unwrap(wrapped, for: deployment).count
        }
        for bit in 8..<(wrapped.count * 8) {
            await #expect(throws: SealError.refused) {
                _ = try await seal.unwrap(wrapped.flippingBit(bit), for: deployment).count
            }
        }
        await #expect(throws: SealError.malformed) {
            _ = try await seal.unwrap(wrapped.flippingBit(0), for: deployment).count
        }
        for count in 0..<33 {
            await #expect(throws: SealError.malformed) {
                _ = try await seal.unwrap(Array(wrapped.prefix(count)), for: deployment).count
            }
        }
        let key = SecretBytes(randomCount: 32).symmetricKey()
        let passphrase = try SealEnvelope.wrap(SecretBytes(randomCount: 40), kind: "passphrase", key: key)
        #expect(throws: SealError.refused) {
            _ = try SealEnvelope.unwrap(passphrase, kind: "file", key: key).count
        }
        #expect(try SealEnvelope.unwrap(passphrase, kind: "passphrase", key: key).count == 40)
    }

    private func expectMalformed(_ what: String) throws {
        let error = #expect(throws: SealError.self, "\(what)") { try FileSeal(keyFile: path) }
        guard case .file(.malformed(path: path, _)) = error else {
            Issue.record("\(what): \(String(describing: error))")
            return
        }
    }
}
