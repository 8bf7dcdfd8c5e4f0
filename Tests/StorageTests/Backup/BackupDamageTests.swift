import Cryptography
import Testing

@testable import Storage

@Suite("A damaged backup")
struct BackupDamageTests {
    private let records: [Record] = (0..<3).map { number in
        let key = RecordKey(RecordKind("kind"), "\(number)")
        return Record(key: key, value: [UInt8](repeating: UInt8(number), count: 40_000), version: 0)
    }

    /// Where each section begins, and where the file ends.
    private func sections(of bytes: [UInt8]) -> [Int] {
        var starts = [BackupFormat.preambleBytes]
        while let start = starts.last, start < bytes.count {
            let length = UInt32(bigEndianBytes: bytes[(start + 1)..<(start + 5)])
            starts.append(start + 5 + Int(length) + 32)
        }
        return starts
    }

    private func error(_ bytes: [UInt8]) -> BackupError? {
        do throws(BackupError) {
            _ = try MemoryBackup.read(bytes)
            return nil
        } catch {
            return error
        }
    }

    private func damage(_ bytes: [UInt8]) -> BackupDamage? {
        if case .damaged(let damage) = error(bytes) { damage } else { nil }
    }

    @Test func `is found wherever it is cut off`() throws {
        let small = try MemoryBackup.of(records.map { Record(key: $0.key, value: [1], version: 0) })
        for count in 0..<small.count {
            let found = error(Array(small.prefix(count)))
            if count < BackupFormat.magic.count {
                #expect(found == .notABackup, "\(count) bytes")
            } else {
                #expect(
                    damage(Array(small.prefix(count)))?.kind == .cutOff,
                    "\(count) bytes: \(found as Any)"
                )
            }
        }
    }

    @Test func `is found whatever bit is flipped`() throws {
        let small = try MemoryBackup.of(records.map { Record(key: $0.key, value: [1], version: 0) })
        for index in small.indices {
            for bit in 0..<8 {
                var changed = small
                changed[index] ^= 1 << bit
                #expect(error(changed) != nil, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test func `tells the byte where its section begins and how many records are whole`() throws {
        let bytes = try MemoryBackup.of(records)
        let starts = sections(of: bytes)
        // The header, two records, the third, the trailer, the end.
        #expect(starts.count == 5)
        var changed = bytes
        changed[starts[2] + 100] ^= 1
        #expect(damage(changed) == BackupDamage(offset: Int64(starts[2]), records: 2, kind: .otherDigest))
        #expect(
            damage(Array(bytes.prefix(starts[3])))
                == BackupDamage(offset: Int64(starts[3]), records: 3, kind: .cutOff)
        )
        let text = BackupError.damaged(BackupDamage(offset: 7, records: 2, kind: .otherDigest)).description
        #expect(text.contains("byte 7") && text.contains("2 whole records"))
    }

    @Test func `is found when sections are doubled, dropped or moved`() throws {
        let bytes = try MemoryBackup.of(records)
        let starts = sections(of: bytes)
        let preamble = Array(bytes.prefix(starts[0]))
        let parts = zip(starts, starts.dropFirst()).map { Array(bytes[$0..<$1]) }
        let orders = [
            [0, 1, 1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 2, 1, 3], [0, 0, 1, 2, 3], [1, 2, 3], [0, 3], [3],
            [0, 1, 2, 3, 3], [0, 1, 2, 3, 0, 1, 2, 3],
        ]
        #expect(error(preamble + [0, 1, 2, 3].flatMap { parts[$0] }) == nil)
        for order in orders {
            #expect(damage(preamble + order.flatMap { parts[$0] }) != nil, "\(order)")
        }
    }

    @Test func `is found behind its end`() throws {
        let bytes = try MemoryBackup.of(records)
        for tail in [[0], [0x0A], Array(repeating: 0x20, count: 100_000)] as [[UInt8]] {
            #expect(damage(bytes + tail)?.kind == .trailingBytes)
            #expect(damage(bytes + tail)?.offset == Int64(bytes.count))
        }
    }

    @Test func `is told apart from other files and later formats`() throws {
        #expect(error([]) == .notABackup)
        #expect(error(Array("SQLite format 3\u{0} and more of it".utf8)) == .notABackup)
        #expect(error(BackupFormat.magic + [0, 0, 0, 2]) == .newerFormat(2))
        #expect(error(BackupFormat.magic + [0, 0, 0, 0]) == .notABackup)
        // What a transfer as text makes of it.
        let bytes = try MemoryBackup.of(records)
        #expect(error(bytes.filter { $0 != 0x0D }) == .notABackup)
    }

    @Test func `claims no memory for a length that cannot be`() {
        let head: [UInt8] = [BackupFormat.Section.records.rawValue, 0xFF, 0xFF, 0xFF, 0xFF]
        #expect(damage(BackupFormat.preamble + head)?.kind == .bodyTooLong(0xFFFF_FFFF))
    }

    /// Chains that fit over contents that do not: only another program writes such.
    @Test func `is not believed because its chain fits`() throws {
        let header = (kind: UInt8(0x48), body: try MemoryBackup.header.form())
        var one: [UInt8] = []
        BackupRecord.append(Record(key: RecordKey(RecordKind("k"), "b"), value: [1], version: 0), to: &one)
        var mark: [UInt8] = []
        BackupRecord.append(Record(key: IncompleteStore.mark, value: [1], version: 0), to: &mark)
        func kind(_ sections: [(kind: UInt8, body: [UInt8])]) -> BackupDamage.Kind? {
            damage(MemoryBackup.forged(sections))?.kind
        }
        #expect(kind([(0x48, Array("{}".utf8))]) == .malformedHeader)
        #expect(kind([(0x48, [])]) == .malformedHeader)
        #expect(kind([(0x52, one)]) == .misplacedSection)
        #expect(kind([header, header]) == .misplacedSection)
        #expect(kind([header, (0x41, one)]) == .unknownSection(0x41))
        #expect(kind([header, (0x52, [])]) == .malformedRecord(1))
        #expect(kind([header, (0x52, one + one)]) == .unorderedRecord(2))
        #expect(kind([header, (0x52, one + mark)]) == .malformedRecord(2))
        #expect(kind([header, (0x52, one.dropLast())]) == .malformedRecord(1))
        #expect(kind([header, (0x52, one + [1])]) == .malformedRecord(2))
        #expect(kind([header, (0x52, [0] + one.dropFirst())]) == .malformedRecord(1))
        #expect(kind([header, (0x52, [1, 0xFF] + one.dropFirst(2))]) == .malformedRecord(1))
        #expect(kind([header, (0x54, [])]) == .misplacedSection)
        #expect(
            kind([header, (0x52, one), (0x54, [UInt8](repeating: 0, count: 40))]) == .otherCount(told: 0)
        )
        let digest = [UInt8](repeating: 0, count: 32)
        #expect(kind([header, (0x52, one), (0x54, [0, 0, 0, 0, 0, 0, 0, 1] + digest)]) == .otherContents)
    }

    @Test func `never crashes the reader, whatever it is`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let bytes = try MemoryBackup.of(generator.records(12))
        for round in 0..<400 {
            var changed = bytes
            for _ in 0...Int.random(in: 0..<3, using: &generator) {
                changed = generator.mutation(of: changed)
            }
            if changed != bytes { #expect(error(changed) != nil, "seed \(seed), round \(round)") }
            let noise = generator.bytes(Int.random(in: 0..<300, using: &generator))
            #expect(error(noise) != nil, "seed \(seed), round \(round)")
            #expect(error(BackupFormat.preamble + noise) != nil, "seed \(seed), round \(round)")
            // Noise inside a section whose chain fits reaches the parser of records.
            let header = (kind: UInt8(0x48), body: try MemoryBackup.header.form())
            #expect(
                error(MemoryBackup.forged([header, (0x52, noise)])) != nil,
                "seed \(seed), round \(round)"
            )
        }
    }
}
