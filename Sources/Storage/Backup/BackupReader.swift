import Cryptography

/// Reads a backup and believes nothing: no record is given out before its section's digest fits.
///
/// It holds one section at a time, so its memory is bounded whatever the file says.
package struct BackupReader {
    package let header: BackupHeader
    /// What was read so far.
    package private(set) var tally = RecordTally()

    private var input: BackupInput
    private var isAtEnd = false

    /// Reads what stands before the records.
    ///
    /// - Throws: `.notABackup`, `.newerFormat`, `.damaged`, `.file`.
    package init(_ source: any BackupSource) throws(BackupError) {
        input = BackupInput(source)
        try input.readPreamble()
        let section = try input.section()
        guard section.kind == .header else { throw input.damage(.misplacedSection) }
        guard let header = BackupHeader(form: section.body) else { throw input.damage(.malformedHeader) }
        self.header = header
    }

    /// The records of the next section; nil once the trailer was read, everything fits and the file ends.
    ///
    /// - Throws: `.damaged`, `.file`.
    package mutating func next() throws(BackupError) -> [Record]? {
        guard !isAtEnd else { return nil }
        let section = try input.section()
        switch section.kind {
        case .header: throw input.damage(.misplacedSection)
        case .records: return try records(in: section.body)
        case .trailer: try check(trailer: section.body)
        }
        try input.requireEnd()
        isAtEnd = true
        return nil
    }

    /// Reads to the end, and gives what the whole backup holds.
    package static func verify(_ source: any BackupSource) throws(BackupError) -> (BackupHeader, RecordTally)
    {
        var reader = try BackupReader(source)
        while try reader.next() != nil {}
        return (reader.header, reader.tally)
    }

    private mutating func records(in body: [UInt8]) throws(BackupError) -> [Record] {
        var records: [Record] = []
        var rest = body[...]
        repeat {
            let start = rest.startIndex
            guard let record = BackupRecord.take(from: &rest), record.key.kind != IncompleteStore.kind else {
                throw input.damage(.malformedRecord(tally.records + 1))
            }
            let follows = body.withUnsafeBytes { bytes in
                tally.add(record.key, form: UnsafeRawBufferPointer(rebasing: bytes[start..<rest.startIndex]))
            }
            guard follows else { throw input.damage(.unorderedRecord(tally.records + 1)) }
            input.recordsRead = tally.records
            records.append(record)
        } while !rest.isEmpty
        return records
    }

    private func check(trailer: [UInt8]) throws(BackupError) {
        guard trailer.count == BackupFormat.trailerBytes else { throw input.damage(.misplacedSection) }
        let told = UInt64(bigEndianBytes: trailer.prefix(8))
        guard told == UInt64(tally.records) else { throw input.damage(.otherCount(told: told)) }
        guard Array(trailer.dropFirst(8)) == tally.digest else { throw input.damage(.otherContents) }
    }
}

/// The bytes of a backup, cut into sections whose chain fits.
private struct BackupInput {
    /// How many whole records were read; for what is told of damage.
    var recordsRead = 0

    private let source: any BackupSource
    private var chain = BackupChain()
    /// Where the part that is being read begins.
    private var start: Int64 = 0
    private var offset: Int64 = 0

    init(_ source: any BackupSource) { self.source = source }

    /// Damage of the section read last.
    func damage(_ kind: BackupDamage.Kind) -> BackupError {
        .damaged(BackupDamage(offset: start, records: recordsRead, kind: kind))
    }

    mutating func readPreamble() throws(BackupError) {
        let preamble = try read(BackupFormat.preambleBytes)
        guard preamble.starts(with: BackupFormat.magic) else { throw .notABackup }
        guard preamble.count == BackupFormat.preambleBytes else { throw damage(.cutOff) }
        let version = UInt32(bigEndianBytes: preamble.dropFirst(BackupFormat.magic.count))
        guard version == BackupFormat.version else {
            throw version > BackupFormat.version ? .newerFormat(version) : .notABackup
        }
    }

    /// The next section, once its chain fits.
    mutating func section() throws(BackupError) -> (kind: BackupFormat.Section, body: [UInt8]) {
        start = offset
        let head = try exactly(BackupFormat.sectionHeadBytes)
        guard let kind = BackupFormat.Section(rawValue: head[0]) else {
            throw damage(.unknownSection(head[0]))
        }
        let length = Int(UInt32(bigEndianBytes: head.dropFirst()))
        guard length <= kind.bodyBytesMax else { throw damage(.bodyTooLong(length)) }
        let body = try exactly(length)
        chain.extend(over: head, body)
        guard try exactly(BackupFormat.chainBytes) == chain.value else { throw damage(.otherDigest) }
        return (kind, body)
    }

    mutating func requireEnd() throws(BackupError) {
        start = offset
        guard try read(1).isEmpty else { throw damage(.trailingBytes) }
    }

    private mutating func exactly(_ count: Int) throws(BackupError) -> [UInt8] {
        let bytes = try read(count)
        guard bytes.count == count else { throw damage(.cutOff) }
        return bytes
    }

    /// So many bytes, or fewer at the end.
    private mutating func read(_ count: Int) throws(BackupError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let part: [UInt8]
            do throws(FileFailure) { part = try source.read(atMost: count - bytes.count) } catch {
                throw .file(error)
            }
            if part.isEmpty { break }
            bytes += part
        }
        offset += Int64(bytes.count)
        return bytes
    }
}

extension BackupFormat.Section {
    fileprivate var bodyBytesMax: Int {
        switch self {
        case .header: BackupFormat.headerBytesMax
        case .records: BackupFormat.bodyBytesMax
        case .trailer: BackupFormat.trailerBytes
        }
    }
}
