import Foundation
import Testing

@testable import Cryptography

@Suite("PassphraseSeal")
struct PassphraseSealTests {
    private let deployment = DeploymentID(of: .generate(now: Date(timeIntervalSince1970: 0)))

    private func seal(_ passphrase: String) throws -> PassphraseSeal {
        // Cheap: what costs much is looked at once, below.
        let cost = try #require(Scrypt(costLogarithm: 4, blockSize: 1, parallelism: 1))
        return PassphraseSeal(SharedSecret(SecretBytes(copying: passphrase.utf8)), cost: cost)
    }

    @Test(arguments: ["correct horse", "pässwörd\u{0}\u{1F511}", String(repeating: "x", count: 1024)])
    func `opens what it wrapped, each time under another key`(passphrase: String) async throws {
        let seal = try seal(passphrase)
        let secret = SharedSecret(SecretBytes(randomCount: 85))
        let first = try await seal.wrap(secret.withUnsafeBytes { SecretBytes(copying: $0) }, for: deployment)
        let second = try await seal.wrap(secret.withUnsafeBytes { SecretBytes(copying: $0) }, for: deployment)
        #expect(first != second && first[10..<26] != second[10..<26])
        for wrapped in [first, second] {
            let opened = SharedSecret(try await seal.unwrap(wrapped, for: deployment))
            #expect(opened.isEqual(to: secret))
        }
    }

    @Test func `costs what OWASP advises unless told otherwise, and says so`() async throws {
        let seal = PassphraseSeal(SharedSecret(SecretBytes(copying: "correct horse".utf8)))
        let wrapped = try await seal.wrap(SecretBytes(randomCount: 32), for: deployment)
        let cost = try #require(PassphraseSeal.cost(of: wrapped))
        #expect(cost == .standard)
        #expect((cost.costLogarithm, cost.blockSize, cost.parallelism) == (17, 8, 1))
        // Another seal reads the cost from what was wrapped.
        #expect(try await self.seal("correct horse").unwrap(wrapped, for: deployment).count == 32)
    }

    @Test func `does not open with another passphrase`() async throws {
        let wrapped = try await seal("correct horse").wrap(SecretBytes(randomCount: 40), for: deployment)
        for other in ["correct hors", "correct horse ", "Correct horse", ""] {
            await #expect(throws: SealError.refused) {
                _ = try await seal(other).unwrap(wrapped, for: deployment).count
            }
        }
    }

    @Test func `refuses every truncation and every flipped bit`() async throws {
        let seal = try seal("correct horse")
        let wrapped = try await seal.wrap(SecretBytes(randomCount: 40), for: deployment)
        for count in 0..<wrapped.count {
            await #expect(throws: SealError.self, "prefix of \(count)") {
                _ = try await seal.unwrap(Array(wrapped.prefix(count)), for: deployment).count
            }
        }
        // The cost stands in the bytes 1 to 9: raised by a bit it may be one that takes a while.
        for bit in Array(0..<8) + Array(80..<(wrapped.count * 8)) {
            await #expect(throws: SealError.self, "bit \(bit)") {
                _ = try await seal.unwrap(wrapped.flippingBit(bit), for: deployment).count
            }
        }
        var cheaper = wrapped
        cheaper[1] = 3
        await #expect(throws: SealError.refused) {
            _ = try await seal.unwrap(cheaper, for: deployment).count
        }
    }

    @Test func `is not made to spend more than its limits by a changed record`() async throws {
        let seal = try seal("correct horse")
        var wrapped = try await seal.wrap(SecretBytes(randomCount: 40), for: deployment)
        for (index, value) in [(1, 0), (1, 25), (1, 255), (2, 1), (4, 1), (6, 1), (9, 17), (5, 0), (9, 0)] {
            let old = wrapped[index]
            wrapped[index] = UInt8(value)
            await #expect(throws: SealError.malformed, "byte \(index) is \(value)") {
                _ = try await seal.unwrap(wrapped, for: deployment).count
            }
            wrapped[index] = old
        }
    }

    @Test(arguments: 0..<64) func `refuses garbage`(seed: Int) async throws {
        let seal = try seal("correct horse")
        var generator = RepeatableBytes(seed: UInt64(seed))
        let bytes = generator.bytes(seed)
        await #expect(throws: SealError.malformed) { _ = try await seal.unwrap(bytes, for: deployment).count }
    }
}

@Suite("Scrypt")
struct ScryptTests {
    /// RFC 7914 section 12; the last, of one gibibyte, is above the limit.
    @Test func `gives the RFC's vectors`() throws {
        var (ran, refused) = (0, 0)
        for vector in try VectorFile("KDF/scrypt.txt").vectors() {
            let number = { (name: Substring) in try #require(vector.fields[name].flatMap { UInt32($0) }) }
            let costLogarithm = UInt8(try number("N").trailingZeroBitCount)
            let cost = Scrypt(
                costLogarithm: costLogarithm,
                blockSize: try number("r"),
                parallelism: try number("p")
            )
            guard let cost else {
                #expect(costLogarithm == 20)
                refused += 1
                continue
            }
            let passphrase = Array(try #require(vector.fields["PASSWORD"]).utf8)
            let salt = Array(try #require(vector.fields["SALT"]).utf8)
            let expected = try vector.bytes("DERIVED_KEY")
            let derived = try passphrase.withUnsafeBytes { bytes in
                try cost.derive(from: bytes, salt: salt, bytes: expected.count).exposedInTest
            }
            #expect(derived == expected, "COUNT \(vector.fields["COUNT"] ?? "?")")
            ran += 1
        }
        #expect((ran, refused) == (3, 1))
    }

    @Test(arguments: [
        (0, 8, 1), (20, 8, 1), (25, 1, 1), (17, 0, 1), (17, 65, 1), (17, 8, 0), (17, 8, 17), (16, 1, 1),
    ])
    func `refuses costs that nobody should pay, or that the RFC forbids`(
        logarithm: UInt8,
        blockSize: UInt32,
        parallelism: UInt32
    ) {
        #expect(Scrypt(costLogarithm: logarithm, blockSize: blockSize, parallelism: parallelism) == nil)
    }

    @Test func `takes as much memory as it says`() {
        #expect(Scrypt.standard.memoryBytes == 128 << 20 | 1024)
    }
}
