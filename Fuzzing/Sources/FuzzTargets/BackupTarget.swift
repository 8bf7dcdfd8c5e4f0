import Foundation

@testable import Cryptography
@testable import Storage

/// Backups: a changed one is refused, and one whose digests were computed anew says what it says twice.
enum BackupTarget {
    static let target = FuzzTarget(name: "backup", bytesMax: 2_048, run: run) {
        [
            ("whole", [0, 0]), ("flipped", [0, 1, 0, 90, 2]), ("cut", [0, 5, 0, 60]), ("raw", [2] + original),
            ("sections", [1] + section(0x48, header) + section(0x52, records) + section(0x54, trailer)),
            ("no-trailer", [1] + section(0x48, header) + section(0x52, records)),
        ]
    }

    private static let header = Array(
        #"{"createdAt":1795000000,"engine":"memory","position":3,"program":"1"}"#.utf8
    )
    private static let records = certainRecords.reduce(into: [UInt8]()) { BackupRecord.append($1, to: &$0) }
    private static let trailer = [UInt8](repeating: 0, count: 40)
    private static let certainRecords = ["a", "b", "é"].map { key in
        Record(key: RecordKey(RecordKind("kms.key"), key), value: Array("value of \(key)".utf8), version: 0)
    }

    /// A section for the mode that computes the chain: kind, length in two bytes, body.
    private static func section(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
        [kind, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }

    private static let original = certain { () throws(BackupError) in
        try written(
            certainRecords,
            BackupHeader(
                createdAt: Date(timeIntervalSince1970: 1),
                engine: "memory",
                position: 3,
                program: "1"
            )
        )
    }

    static func run(_ input: [UInt8]) {
        var reader = FuzzInput(input)
        switch reader.byte() % 3 {
        case 0:
            let damaged = original.damaged(by: &reader)
            let isWhole = damaged == original
            promise((read(damaged) != nil) == isWhole, "a changed backup is taken, or a whole one is not")
        case 1: chained(&reader)
        default:
            let bytes = reader.remainder()
            if let contents = read(bytes) { writeAgain(contents) }
        }
    }

    /// Puts sections under a chain that fits, and ends them with a trailer that fits when there is none.
    private static func chained(_ input: inout FuzzInput) {
        var bytes = BackupFormat.preamble
        var chain = BackupChain()
        while !input.isAtEnd {
            let kind = input.byte()
            let body = input.bytes(input.number())
            let head = [kind] + UInt32(body.count).bigEndianBytes
            chain.extend(over: head, body)
            bytes += head + body + chain.value
        }
        if let contents = read(bytes) { writeAgain(contents) }
    }

    private static func writeAgain(_ contents: (header: BackupHeader, records: [Record])) {
        let again = accepted { () throws(BackupError) in try written(contents.records, contents.header) }
        guard let again, let second = read(again) else {
            broken("what a backup says cannot be written again")
        }
        promise(second.records.count == contents.records.count, "a backup written again has other records")
        for (one, other) in zip(second.records, contents.records) {
            promise(
                one.key == other.key && one.value == other.value,
                "a record changes when it is written again"
            )
        }
    }

    private static func read(_ bytes: [UInt8]) -> (header: BackupHeader, records: [Record])? {
        do throws(BackupError) {
            var reader = try BackupReader(Bytes(bytes))
            var records: [Record] = []
            while let part = try reader.next() { records += part }
            promise(reader.tally.records == records.count, "a backup counts other records than it gives")
            return (reader.header, records)
        } catch {
            promise(!"\(error)".isEmpty, "a backup is refused without a word")
            return nil
        }
    }

    private static func written(_ records: [Record], _ header: BackupHeader) throws(BackupError) -> [UInt8] {
        let sink = Bytes([])
        var writer = try BackupWriter(header, to: sink)
        for record in records { try writer.append(record) }
        _ = try writer.finish()
        return sink.bytes
    }
}

/// A backup in memory, read in pieces of a few bytes.
private final class Bytes: BackupSource, BackupSink {
    private(set) var bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(atMost count: Int) throws(FileFailure) -> [UInt8] {
        let piece = Array(bytes.dropFirst(offset).prefix(min(count, 1_000)))
        offset += piece.count
        return piece
    }

    func write(_ more: [UInt8]) throws(FileFailure) { bytes += more }
}
