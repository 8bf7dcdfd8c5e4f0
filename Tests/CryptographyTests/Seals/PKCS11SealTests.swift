import Foundation
import Testing

@testable import Cryptography

@Suite("PKCS11Seal", .serialized)
struct PKCS11SealTests {
    private let deployment = DeploymentID(of: .generate(now: Date(timeIntervalSince1970: 0)))
    private let token: SoftwareToken

    init() throws {
        token = try SoftwareToken()
    }

    private func wrapped() async throws -> [UInt8] {
        try await token.seal().wrap(SecretBytes(randomCount: 85), for: deployment)
    }

    private func reason(of error: SealError?) -> String {
        switch error {
        case .denied(let reason), .unavailable(let reason): reason
        default: "\(String(describing: error))"
        }
    }

    @Test func `opens what it wrapped, whatever its length, with the key that it made`() async throws {
        for count in [1, 85, 44_041] {
            let secret = SharedSecret(SecretBytes(randomCount: count))
            let copy = secret.withUnsafeBytes { SecretBytes(copying: $0) }
            let wrapped = try await token.seal().wrap(copy, for: deployment)
            #expect(wrapped.count == 61 + 33 + count)
            let opened = try await token.seal(makingKey: false).unwrap(wrapped, for: deployment)
            #expect(SharedSecret(opened).isEqual(to: secret))
        }
    }

    @Test func `makes its key once`() async throws {
        let first = try await wrapped()
        _ = try await wrapped()
        #expect(try await token.seal().unwrap(first, for: deployment).count == 85)
    }

    @Test func `serves many at once`() async throws {
        let wrapped = try await wrapped()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<16 {
                group.addTask { [token, deployment] in
                    try await token.seal().unwrap(wrapped, for: deployment).count
                }
            }
            for try await count in group { #expect(count == 85) }
        }
    }

    @Test func `says that the PIN is wrong, and then that it is locked`() async throws {
        let wrapped = try await wrapped()
        let error = await #expect(throws: SealError.self) {
            _ = try await token.seal(pin: "wrong-pin").unwrap(wrapped, for: deployment).count
        }
        #expect(reason(of: error).contains("the PIN is wrong"))
        #expect(!reason(of: error).contains("wrong-pin"))
        // One refusal does no harm.
        #expect(try await token.seal().unwrap(wrapped, for: deployment).count == 85)
    }

    @Test(arguments: [
        (0xA4 as UInt, "locked"), (0xA3, "expired"), (0x32, "removed"), (0xE0, "removed"), (0x5, "GENERAL"),
    ])
    func `has a sentence for what a software token never answers`(code: UInt, words: String) {
        #expect(reason(of: CryptokiReturn(code: code).error("decrypt")).contains(words))
    }

    @Test func `says that the module, the token or the key is missing`() async throws {
        let wrapped = try await wrapped()
        var place = token.place()
        place.module = "/nowhere/pkcs11.so"
        let pin = SharedSecret(SecretBytes(copying: SoftwareToken.pin.utf8))
        var error = await #expect(throws: SealError.self) {
            let seal = PKCS11Seal(place, pin: pin, makingKey: false)
            _ = try await seal.unwrap(wrapped, for: deployment).count
        }
        #expect(reason(of: error).contains("/nowhere/pkcs11.so"))
        place = token.place()
        place.module = "/lib/x86_64-linux-gnu/libm.so.6"
        error = await #expect(throws: SealError.self) {
            let seal = PKCS11Seal(place, pin: pin, makingKey: false)
            _ = try await seal.unwrap(wrapped, for: deployment).count
        }
        #expect(reason(of: error).contains("cannot be loaded"))
        place = token.place()
        place.tokenLabel = "another token"
        error = await #expect(throws: SealError.self) {
            let seal = PKCS11Seal(place, pin: pin, makingKey: true)
            _ = try await seal.unwrap(wrapped, for: deployment).count
        }
        #expect(reason(of: error).contains("no token labelled 'another token'"))
        error = await #expect(throws: SealError.self) {
            _ = try await token.seal(key: "another key", makingKey: false)
                .unwrap(wrapped, for: deployment).count
        }
        #expect(reason(of: error).contains("no AES key labelled 'another key'"))
    }

    @Test func `notices that the token was removed, and that it is back`() async throws {
        let wrapped = try await wrapped()
        try token.remove()
        let error = await #expect(throws: SealError.self) {
            _ = try await token.seal().unwrap(wrapped, for: deployment).count
        }
        #expect(reason(of: error).contains("no token labelled"))
    }

    @Test func `refuses a key that can be read out of the token`() async throws {
        try await token.makeReadableKey(labelled: "readable")
        let error = await #expect(throws: SealError.self) {
            _ = try await token.seal(key: "readable").wrap(SecretBytes(randomCount: 40), for: deployment)
        }
        #expect(reason(of: error).contains("can be read out of the token"))
    }

    @Test func `does not open with another key or token, or for another deployment`() async throws {
        let wrapped = try await wrapped()
        let other = try SoftwareToken()
        _ = try await other.seal().wrap(SecretBytes(randomCount: 40), for: deployment)
        _ = try await token.seal(key: "second").wrap(SecretBytes(randomCount: 40), for: deployment)
        await #expect(throws: SealError.self) {
            _ = try await other.seal().unwrap(wrapped, for: deployment).count
        }
        await #expect(throws: SealError.self) {
            _ = try await token.seal(key: "second").unwrap(wrapped, for: deployment).count
        }
        let stranger = DeploymentID(of: .generate(now: Date(timeIntervalSince1970: 0)))
        await #expect(throws: SealError.self) {
            _ = try await token.seal().unwrap(wrapped, for: stranger).count
        }
        await #expect(throws: SealError.malformed) {
            _ = try await token.seal().unwrap(wrapped, for: nil).count
        }
    }

    @Test func `refuses truncations, flipped bits and garbage`() async throws {
        let seal = token.seal()
        let wrapped = try await wrapped()
        for count in Array(0..<62) + stride(from: 62, to: wrapped.count, by: 7) {
            await #expect(throws: SealError.self, "prefix of \(count)") {
                _ = try await seal.unwrap(Array(wrapped.prefix(count)), for: deployment).count
            }
        }
        for byte in 0..<wrapped.count {
            await #expect(throws: SealError.self, "byte \(byte)") {
                _ = try await seal.unwrap(wrapped.flippingBit(byte * 8 + byte % 8), for: deployment).count
            }
        }
        var generator = RepeatableBytes(seed: 11)
        for count in [0, 1, 61, 62, 95, 200] {
            let garbage = generator.bytes(count)
            await #expect(throws: SealError.self) {
                _ = try await seal.unwrap(garbage, for: deployment).count
            }
        }
        #expect(try await seal.unwrap(wrapped, for: deployment).count == 85)
    }
}
