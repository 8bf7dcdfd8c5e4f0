import Crypto
import Foundation
import Testing

@testable import Cryptography

@Suite("SealedKeyring")
struct SealedKeyringTests {
    private let directory: TemporaryDirectory
    private let seal: FileSeal
    private let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 1_790_000_000))

    init() throws {
        directory = try TemporaryDirectory()
        seal = try FileSeal.create(keyFile: directory.path("seal.key"))
    }

    @Test func `opens to the keyring it was made of`() async throws {
        let rotated = try #require(keyring.rotated(now: Date(timeIntervalSince1970: 1_790_000_001)))
        for keyring in [keyring, rotated] {
            let sealed = try await SealedKeyring(keyring, sealedBy: seal)
            #expect(sealed.seal == "file")
            #expect(sealed.deployment == DeploymentID(of: self.keyring))
            let read = try SealedKeyring(encoded: sealed.encoded())
            #expect(read == sealed)
            let opened = try await read.open(with: seal)
            #expect(opened.currentKey(for: .records) == keyring.currentKey(for: .records))
            #expect(keyring.isContained(in: opened) && opened.isContained(in: keyring))
        }
        #expect(keyring.isContained(in: rotated) && !rotated.isContained(in: keyring))
    }

    @Test func `shows no root key`() async throws {
        let bytes = try await SealedKeyring(keyring, sealedBy: seal).encoded()
        let root = try #require(keyring.entries.first).root.withUnsafeBytes { [UInt8]($0) }
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
        )
        #expect(object.keys.sorted() == ["deployment", "digest", "format", "seal", "wrapped"])
        let wrapped = try #require(object["wrapped"].flatMap { Data(base64Encoded: $0) })
        #expect(wrapped.firstRange(of: Data(root)) == nil)
    }

    @Test func `reads what an earlier release wrote, which named no deployment`() async throws {
        let wrapped = Data(
            try await seal.wrap(keyring.serialized(), for: DeploymentID(of: keyring))
        )
        let digest = Data(SHA256.hash(data: Data("file".utf8) + [0] + wrapped))
        let text = """
            {"digest":"\(digest.base64EncodedString())","format":"strongroom-keyring-v1","seal":"file",\
            "wrapped":"\(wrapped.base64EncodedString())"}
            """
        let sealed = try SealedKeyring(encoded: Array(text.utf8))
        #expect(sealed.deployment == nil)
        #expect(try await sealed.open(with: seal).currentVersion == 1)
        #expect(try SealedKeyring(encoded: sealed.encoded()) == sealed)
    }

    @Test func `does not open with another seal`() async throws {
        let sealed = try await SealedKeyring(keyring, sealedBy: seal)
        let other = try FileSeal.create(keyFile: directory.path("other.key"))
        await #expect(throws: SealedKeyringError.seal(.refused)) { _ = try await sealed.open(with: other) }
        await #expect(throws: SealedKeyringError.otherSeal(written: "file", given: "absent")) {
            _ = try await sealed.open(with: AbsentSeal())
        }
        await #expect(throws: SealError.unavailable(reason: "nobody home")) {
            _ = try await SealedKeyring(keyring, sealedBy: AbsentSeal())
        }
    }

    @Test func `is not made by a seal that gives back something else`() async throws {
        await #expect(throws: SealError.self) {
            _ = try await SealedKeyring(keyring, sealedBy: ForgetfulSeal())
        }
    }

    @Test func `does not open as the keyring of another deployment`() async throws {
        let other = RootKeyring.generate(now: Date(timeIntervalSince1970: 0))
        let wrapped = try await seal.wrap(other.serialized(), for: DeploymentID(of: other))
        let id = DeploymentID(of: keyring).description
        let digest = Data(SHA256.hash(data: Data("file\0\(id)\0".utf8) + wrapped))
        let text = """
            {"deployment":"\(id)","digest":"\(digest.base64EncodedString())",\
            "format":"strongroom-keyring-v1","seal":"file","wrapped":"\(Data(wrapped).base64EncodedString())"}
            """
        let sealed = try SealedKeyring(encoded: Array(text.utf8))
        await #expect(throws: SealedKeyringError.self) { _ = try await sealed.open(with: seal) }
    }

    @Test func `refuses every truncation`() async throws {
        let bytes = try await SealedKeyring(keyring, sealedBy: seal).encoded()
        // The last byte is a newline, without which the object is still whole.
        for count in 0..<(bytes.count - 1) { expectDamage(Array(bytes.prefix(count)), "prefix of \(count)") }
    }

    @Test func `refuses every flipped bit that changes its meaning`() async throws {
        let bytes = try await SealedKeyring(keyring, sealedBy: seal).encoded()
        let whole = Self.meaning(of: bytes)
        for bit in 0..<(bytes.count * 8) {
            let changed = bytes.flippingBit(bit)
            if Self.meaning(of: changed) != whole { expectDamage(changed, "bit \(bit)") }
        }
    }

    @Test(arguments: 0..<64) func `refuses garbage`(seed: Int) {
        var generator = RepeatableBytes(seed: UInt64(seed))
        let bytes = generator.bytes(seed * 17)
        expectDamage(bytes, "\(bytes)")
        expectDamage(Array("{\"format\":".utf8) + bytes, "\(bytes)")
    }

    @Test func `refuses what is far too long`() {
        expectDamage([UInt8](repeating: 0x20, count: SealedKeyring.bytesMax + 1), "spaces")
    }

    /// What a JSON reader takes from the bytes, or nil when they are no object of texts.
    ///
    /// Another space, or the spare bits behind base64's last byte, are the same to it.
    private static func meaning(of bytes: [UInt8]) -> [String: Data]? {
        let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
        return object.map { object in
            Dictionary(
                uniqueKeysWithValues: object.map { name, text in
                    let isBase64 = name == "wrapped" || name == "digest"
                    return (name, isBase64 ? Data(base64Encoded: text) ?? Data(text.utf8) : Data(text.utf8))
                }
            )
        }
    }

    private func expectDamage(_ bytes: [UInt8], _ what: String) {
        do throws(SealedKeyringError) {
            _ = try SealedKeyring(encoded: bytes)
            Issue.record("\(what) was read")
        } catch {
            guard case .damaged = error else {
                Issue.record("\(what): \(error)")
                return
            }
        }
    }
}

@Suite("DeploymentID")
struct DeploymentIDTests {
    private let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 0))

    @Test func `stays through rotations and differs between deployments`() throws {
        let rotated = try #require(keyring.rotated(now: Date(timeIntervalSince1970: 1)))
        #expect(DeploymentID(of: rotated) == DeploymentID(of: keyring))
        #expect(DeploymentID(of: .generate(now: Date(timeIntervalSince1970: 0))) != DeploymentID(of: keyring))
        #expect(DeploymentID(DeploymentID(of: keyring).description) == DeploymentID(of: keyring))
    }

    @Test(arguments: ["", "0", String(repeating: "A", count: 32), String(repeating: "g", count: 32)])
    func `refuses other texts`(text: String) { #expect(DeploymentID(text) == nil) }
}

private struct AbsentSeal: Seal {
    var kind: String { "absent" }

    func wrap(_ keyring: borrowing SecretBytes, for: DeploymentID) async throws(SealError) -> [UInt8] {
        throw .unavailable(reason: "nobody home")
    }

    func unwrap(_ wrapped: [UInt8], for: DeploymentID?) async throws(SealError) -> SecretBytes {
        throw .malformed
    }
}

private struct ForgetfulSeal: Seal {
    var kind: String { "forgetful" }

    func wrap(_ keyring: borrowing SecretBytes, for: DeploymentID) async throws(SealError) -> [UInt8] { [1] }

    func unwrap(_ wrapped: [UInt8], for: DeploymentID?) async throws(SealError) -> SecretBytes {
        SecretBytes(randomCount: 85)
    }
}
