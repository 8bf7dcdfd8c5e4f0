import Crypto
import Foundation
import Synchronization
import Testing

@testable import Trail

/// A directory for one test, removed with it.
final class Scratch: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "trail-test-" + TrailID.random().description
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            // A test that made no file leaves none to remove.
            return
        }
    }

    var segments: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".log") }.sorted()
        }
    }

    func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + file)))
    }

    func write(_ bytes: [UInt8], to file: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + file))
    }

    func lines(_ file: String) throws -> [[UInt8]] {
        try bytes(file).split(separator: 0x0A).map { Array($0) }
    }

    func write(lines: [[UInt8]], to file: String) throws {
        try write(Array(lines.map { $0 + [0x0A] }.joined()), to: file)
    }

    func remove(_ file: String) throws {
        try FileManager.default.removeItem(atPath: path + "/" + file)
    }

    /// A copy of the directory, which can be damaged while this one stays whole.
    func copy() throws -> Scratch {
        let other = Scratch()
        try FileManager.default.copyItem(atPath: path, toPath: other.path)
        return other
    }
}

/// A clock that stands until it is moved.
final class StandingClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_795_236_000))

    var now: Date { time.withLock { $0 } }

    func advance(by seconds: TimeInterval) {
        time.withLock { $0 += seconds }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}

extension TrailSigner {
    static func fixed(_ byte: UInt8 = 7) throws -> TrailSigner {
        try TrailSigner(key: SymmetricKey(data: [UInt8](repeating: byte, count: 32)))
    }
}

extension Scratch {
    func writer(
        lanes: Int = 1,
        signer: TrailSigner? = nil,
        durability: TrailDurability = .operatingSystem,
        limits: TrailLimits = TrailLimits(),
        fileSystem: any TrailFileSystem = SystemFileSystem(),
        clock: StandingClock = StandingClock()
    ) throws -> TrailWriter {
        try TrailWriter(
            directory: path,
            lanes: lanes,
            signer: try signer ?? .fixed(),
            durability: durability,
            limits: limits,
            fileSystem: fileSystem,
            now: { clock.now }
        )
    }

    @discardableResult
    func verify(head: TrailHead? = nil) throws -> TrailReport {
        try TrailVerifier.verify(
            directory: path,
            publicKey: TrailSigner.fixed().publicKey,
            expectedHead: head
        )
    }

    /// What the verifier finds wrong; nil when it finds nothing.
    func damage(head: TrailHead? = nil) throws -> TrailDamage? {
        do {
            try verify(head: head)
            return nil
        } catch TrailError.tampered(let damage) {
            return damage
        }
    }
}

/// A small event with its number and time in it.
func event(_ number: Int, at seconds: TimeInterval = 1_795_236_000) -> [UInt8] {
    let time = EventTime.text(Date(timeIntervalSince1970: seconds))
    return Array(#"{"eventVersion":"1.11","eventTime":"\#(time)","number":\#(number)}"#.utf8)
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
