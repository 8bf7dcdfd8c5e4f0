import Cryptography
import Foundation
import Testing

@testable import Storage

@Suite("A backup")
struct BackupTests {
    @Test func `gives back what was put in, in sections of a bounded size`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        for count in [0, 1, 2, 30, 300] {
            let records = generator.records(count)
            let bytes = try MemoryBackup.of(records)
            for piece in [7, 1 << 20] {
                let (reader, read) = try MemoryBackup.read(bytes, pieceBytesMax: piece)
                #expect(read == records, "seed \(seed)")
                #expect(reader.header == MemoryBackup.header)
                #expect(reader.tally.records == records.count)
            }
        }
    }

    @Test func `holds the largest record that a store holds, and refuses a larger`() throws {
        let largest = Record(
            key: RecordKey(
                RecordKind(String(repeating: "k", count: 255)),
                String(repeating: "x", count: StorageLimits.keyBytesMax)
            ),
            value: [UInt8](repeating: 7, count: StorageLimits.valueBytesMax + StorageLimits.sealBytesMax),
            version: 0
        )
        let (_, read) = try MemoryBackup.read(try MemoryBackup.of([largest]))
        #expect(read == [largest])
        let larger = [
            Record(key: largest.key, value: largest.value + [7], version: 0),
            Record(key: RecordKey(largest.key.kind, largest.key.key + "x"), value: [], version: 0),
            Record(key: RecordKey(RecordKind(largest.key.kind.rawValue + "k"), ""), value: [], version: 0),
            Record(key: RecordKey(RecordKind(""), ""), value: [], version: 0),
        ]
        for record in larger {
            #expect(throws: BackupError.unwritable(.tooLarge(record.key))) { try MemoryBackup.of([record]) }
        }
    }

    @Test func `takes records only in their order and once`() throws {
        let keys = [("a", "b"), ("a", "b"), ("a", "a"), ("Z", "c")].map { RecordKey(RecordKind($0), $1) }
        for key in keys.dropFirst() {
            let records = [keys[0], key].map { Record(key: $0, value: [1], version: 0) }
            #expect(throws: BackupError.unwritable(.unordered(key))) { try MemoryBackup.of(records) }
        }
    }

    @Test func `tells the same digest of the same records, whatever their versions`() throws {
        var generator = SeededGenerator(seed: 1)
        let records = generator.records(50)
        let later = records.map { Record(key: $0.key, value: $0.value, version: 99) }
        var tally = RecordTally()
        for record in later where !tally.add(record) { Issue.record("\(record.key) is out of order") }
        let (reader, _) = try MemoryBackup.read(try MemoryBackup.of(records))
        #expect(reader.tally == tally && tally.digestText.count == 64)
        var other = RecordTally()
        for record in later.dropLast() where !other.add(record) {
            Issue.record("\(record.key) is out of order")
        }
        #expect(other != tally && other.digestText != tally.digestText)
    }

    /// Written by hand from docs/backup.md, so that the form cannot change unseen.
    @Test func `has the form that is written down`() throws {
        let bytes = try MemoryBackup.of([
            Record(key: RecordKey(RecordKind("kind"), "key"), value: [0xAA, 0xBB], version: 3)
        ])
        let header = Array(
            #"{"createdAt":1795000000,"engine":"memory","position":42,"program":"0.0.0"}"#.utf8
        )
        let record =
            [4] + Array("kind".utf8) + [0, 3] + Array("key".utf8) + [0, 0, 0, 2, 0xAA, 0xBB] as [UInt8]
        let preamble: [UInt8] = [0x89, 0x53, 0x52, 0x42, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 1]
        var tally = RecordTally()
        let isFirst = record.withUnsafeBytes { tally.add(RecordKey(RecordKind("kind"), "key"), form: $0) }
        #expect(isFirst)
        let expected = MemoryBackup.forged([
            (0x48, header), (0x52, record), (0x54, [0, 0, 0, 0, 0, 0, 0, 1] + tally.digest),
        ])
        #expect(expected.starts(with: preamble) && bytes == expected)
    }
}
