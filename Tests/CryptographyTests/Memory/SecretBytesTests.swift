import Synchronization
import Testing

@testable import Cryptography

@Suite("SecretBytes")
struct SecretBytesTests {
    @Test func `wipes its memory when its owner lets go`() {
        let arena = ObservedArena()
        do {
            let secret = SecretBytes(count: 64, in: arena) {
                $0.initializeMemory(as: UInt8.self, repeating: 0xA5)
            }
            #expect(secret.withUnsafeBytes { $0.allSatisfy { $0 == 0xA5 } })
            #expect(arena.released.isEmpty)
        }
        #expect(arena.released == [[UInt8](repeating: 0, count: 64)])
    }

    @Test func `wipes its memory when filling it throws`() {
        let arena = ObservedArena()
        #expect(throws: Interruption.self) {
            _ = try SecretBytes(count: 32, in: arena) { memory throws(Interruption) in
                memory.initializeMemory(as: UInt8.self, repeating: 0x5A)
                throw Interruption()
            }
        }
        #expect(arena.released == [[UInt8](repeating: 0, count: 32)])
    }

    @Test func `wipes its memory when an optional owner is emptied`() {
        let arena = ObservedArena()
        var owner: SecretBytes? = SecretBytes(count: 16, in: arena) { $0[0] = 1 }
        let isOwned = owner != nil
        owner = nil
        #expect(isOwned)
        #expect(arena.released == [[UInt8](repeating: 0, count: 16)])
    }

    @Test func `starts from zero bytes`() {
        #expect(SecretBytes(count: 40) { _ in }.exposedInTest == [UInt8](repeating: 0, count: 40))
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1000])
    func `copies what it is given`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let secret = SecretBytes(copying: bytes)
        #expect(secret.count == count)
        #expect(secret.exposedInTest == bytes)
        #expect(secret.copy().exposedInTest == bytes)
        #expect(SecretBytes(copying: bytes[...]).exposedInTest == bytes)
    }

    @Test func `equals only the same bytes of the same length`() {
        let bytes = RandomSource.bytes(33)
        func isEqual(to other: [UInt8]) -> Bool { Self.equal(bytes, other) }
        #expect(isEqual(to: bytes))
        for bit in 0..<(33 * 8) { #expect(!isEqual(to: bytes.flippingBit(bit))) }
        #expect(!isEqual(to: bytes.dropLast()))
        #expect(!isEqual(to: bytes + [0]))
        #expect(Self.equal([], []))
    }

    @Test func `draws different bytes each time`() {
        let one = SecretBytes(randomCount: 32)
        #expect(one.exposedInTest != SecretBytes(randomCount: 32).exposedInTest)
        #expect(one.exposedInTest != [UInt8](repeating: 0, count: 32))
    }

    @Test func `goes to a key and back`() {
        let secret = SecretBytes(randomCount: 32)
        #expect(SecretBytes(copying: secret.symmetricKey()).exposedInTest == secret.exposedInTest)
    }

    private static func equal(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        SecretBytes(copying: one).isEqual(to: SecretBytes(copying: other))
    }
}

private struct Interruption: Error {}

/// Memory that is looked at when it comes back.
private final class ObservedArena: SecretArena {
    private let log = Mutex<[[UInt8]]>([])

    var released: [[UInt8]] { log.withLock { $0 } }

    func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: count, alignment: 16)
    }

    func deallocate(_ memory: UnsafeMutableRawBufferPointer) {
        log.withLock { $0.append([UInt8](memory)) }
        memory.deallocate()
    }
}
