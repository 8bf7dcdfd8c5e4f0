import Crypto
import Cryptography
import Foundation
import Synchronization

@testable import Storage

/// A backup in memory, read in small pieces and written in whatever pieces come.
final class MemoryBackup: BackupSource, BackupSink {
    private struct State {
        var bytes: [UInt8]
        var offset = 0
    }

    private let state: Mutex<State>
    private let pieceBytesMax: Int

    init(_ bytes: [UInt8] = [], pieceBytesMax: Int = 1 << 20) {
        state = Mutex(State(bytes: bytes))
        self.pieceBytesMax = pieceBytesMax
    }

    var bytes: [UInt8] { state.withLock { $0.bytes } }

    func read(atMost count: Int) throws(FileFailure) -> [UInt8] {
        state.withLock { state in
            let piece = state.bytes[state.offset...].prefix(min(count, pieceBytesMax))
            state.offset += piece.count
            return Array(piece)
        }
    }

    func write(_ bytes: [UInt8]) throws(FileFailure) {
        state.withLock { $0.bytes += bytes }
    }

    static let header = BackupHeader(
        createdAt: Date(timeIntervalSince1970: 1_795_000_000),
        engine: "memory",
        position: 42,
        program: "0.0.0"
    )

    /// The backup of records that are in order.
    static func of(_ records: [Record]) throws(BackupError) -> [UInt8] {
        let file = MemoryBackup()
        var writer = try BackupWriter(header, to: file)
        for record in records { try writer.append(record) }
        _ = try writer.finish()
        return file.bytes
    }

    /// A backup of sections that are given as they are, with a chain that fits.
    static func forged(_ sections: [(kind: UInt8, body: [UInt8])]) -> [UInt8] {
        var bytes = BackupFormat.preamble
        var chain = BackupChain()
        for section in sections {
            let head = [section.kind] + UInt32(section.body.count).bigEndianBytes
            chain.extend(over: head, section.body)
            bytes += head + section.body + chain.value
        }
        return bytes
    }

    /// Everything that a backup gives, read to its end.
    static func read(
        _ bytes: [UInt8],
        pieceBytesMax: Int = 1 << 20
    ) throws(BackupError) -> (reader: BackupReader, records: [Record]) {
        var reader = try BackupReader(MemoryBackup(bytes, pieceBytesMax: pieceBytesMax))
        var records: [Record] = []
        while let next = try reader.next() { records += next }
        return (reader, records)
    }
}

extension SeededGenerator {
    /// Records in the order of a snapshot, of several kinds, some of them large.
    mutating func records(_ count: Int) -> [Record] {
        let kinds = ["a", "kms.key", "kms.keys", "\u{E9}", String(repeating: "k", count: 255)]
        var records: [RecordKey: [UInt8]] = [:]
        for _ in 0..<count {
            let kind = RecordKind(kinds[Int.random(in: 0..<kinds.count, using: &self)])
            let size = Int.random(in: 0..<20, using: &self) == 0 ? 100_000 : 600
            records[RecordKey(kind, key())] = bytes(Int.random(in: 0...size, using: &self))
        }
        return records.map { Record(key: $0.key, value: $0.value, version: 0) }.sorted { left, right in
            let kinds = (left.key.kind.rawValue, right.key.kind.rawValue)
            return UTF8Order.areEqual(kinds.0, kinds.1)
                ? UTF8Order.precedes(left.key.key, right.key.key) : UTF8Order.precedes(kinds.0, kinds.1)
        }
    }

    private mutating func key() -> String {
        let letters = Array("aZ/09\u{E9}\u{0}\u{1F511}")
        let length = Int.random(in: 0...30, using: &self)
        return String((0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &self)] })
    }
}
