import Crypto
import Foundation
import Testing

@testable import Cryptography

@Suite("KeyringFile")
struct KeyringFileTests {
    private let directory: TemporaryDirectory
    private let seal: FileSeal
    private let file: KeyringFile
    private let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 1_790_000_000))

    init() throws {
        directory = try TemporaryDirectory()
        seal = try FileSeal.create(keyFile: directory.path("seal.key"))
        file = KeyringFile(directory: directory.path)
    }

    @Test func `keeps a keyring in a closed file`() async throws {
        #expect(!file.exists)
        try await file.create(keyring, with: seal)
        #expect(file.exists)
        #expect(try directory.mode("keyring") == 0o600)
        #expect(try file.sealKind() == "file")
        let read = try await file.load(with: seal)
        #expect(read.currentKey(for: .records) == keyring.currentKey(for: .records))
        #expect(try directory.names() == ["keyring", "seal.key"])
    }

    @Test func `shows no root key in the file`() async throws {
        try await file.create(keyring, with: seal)
        let bytes = try directory.bytes("keyring")
        let root = try #require(keyring.entries.first).root.withUnsafeBytes { [UInt8]($0) }
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
        )
        #expect(object.keys.sorted() == ["digest", "format", "seal", "wrapped"])
        let wrapped = try #require(object["wrapped"].flatMap { Data(base64Encoded: $0) })
        #expect(wrapped.firstRange(of: Data(root)) == nil)
    }

    @Test func `is created once and replaced whole`() async throws {
        try await file.create(keyring, with: seal)
        await #expect(throws: KeyringFileError.file(.exists(path: file.path))) {
            try await file.create(keyring, with: seal)
        }
        let rotated = try #require(keyring.rotated(now: Date(timeIntervalSince1970: 1_790_000_001)))
        // What an interrupted replacement left behind does not stand in the way.
        try directory.write([1, 2, 3], to: "keyring.new")
        try await file.replace(rotated, with: seal)
        #expect(try await file.load(with: seal).currentVersion == 2)
        #expect(try directory.names() == ["keyring", "seal.key"])
        #expect(try directory.mode("keyring") == 0o600)
    }

    @Test func `changes its seal`() async throws {
        try await file.create(keyring, with: seal)
        let other = try FileSeal.create(keyFile: directory.path("other.key"))
        try await file.replace(try await file.load(with: seal), with: other)
        #expect(try await file.load(with: other).currentVersion == 1)
        await #expect(throws: KeyringFileError.seal(path: file.path, .refused)) {
            _ = try await file.load(with: seal)
        }
    }

    @Test func `names the file when it is missing or of another seal`() async throws {
        await #expect(throws: KeyringFileError.file(.missing(path: file.path))) {
            _ = try await file.load(with: seal)
        }
        try await file.create(keyring, with: seal)
        let error = await #expect(throws: KeyringFileError.self) {
            _ = try await file.load(with: OtherSeal())
        }
        #expect(error == .otherSeal(path: file.path, written: "file", given: "other"))
        #expect(error?.description.contains(file.path) == true)
    }

    @Test func `passes on that the seal is unavailable`() async throws {
        let error = await #expect(throws: KeyringFileError.self) {
            try await file.create(keyring, with: OtherSeal())
        }
        #expect(error == .seal(path: file.path, .unavailable(reason: "nobody home")))
        #expect(!file.exists)
    }

    @Test func `names the file for every truncation`() async throws {
        try await file.create(keyring, with: seal)
        let bytes = try directory.bytes("keyring")
        // The last byte is a newline, without which the object is still whole.
        for count in 0..<(bytes.count - 1) {
            try directory.write(Array(bytes.prefix(count)), to: "keyring")
            await expectDamage("prefix of \(count)")
        }
        #expect(file.exists)
    }

    @Test func `names the file for every flipped bit that changes its meaning`() async throws {
        try await file.create(keyring, with: seal)
        let bytes = try directory.bytes("keyring")
        let whole = Self.meaning(of: bytes)
        for bit in 0..<(bytes.count * 8) {
            let changed = bytes.flippingBit(bit)
            guard Self.meaning(of: changed) != whole else { continue }
            try directory.write(changed, to: "keyring")
            await expectDamage("bit \(bit)")
        }
    }

    /// What a JSON reader takes from the file, or nil when it is no object of texts.
    ///
    /// Another space, or the spare bits behind base64's last byte, are the same to it.
    private static func meaning(of bytes: [UInt8]) -> [String: Data]? {
        let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
        return object?.mapValues { Data(base64Encoded: $0) ?? Data($0.utf8) }
    }

    private func expectDamage(_ what: String) async {
        do throws(KeyringFileError) {
            _ = try await file.load(with: seal)
            Issue.record("\(what) was read")
        } catch {
            #expect(error.description.contains(file.path), "\(what): \(error)")
            guard case .file(.malformed) = error else {
                Issue.record("\(what): \(error)")
                return
            }
        }
    }
}

private struct OtherSeal: Seal {
    var kind: String { "other" }

    func wrap(_ keyring: borrowing SecretBytes) async throws(SealError) -> [UInt8] {
        throw .unavailable(reason: "nobody home")
    }

    func unwrap(_ wrapped: [UInt8]) async throws(SealError) -> SecretBytes { throw .malformed }
}
