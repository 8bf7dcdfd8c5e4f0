import Cryptography

/// Writes a backup from its first byte to its last; holds one section of records at a time.
package struct BackupWriter {
    private let sink: any BackupSink
    private var chain = BackupChain()
    private var body: [UInt8] = []
    private var tally = RecordTally()

    /// Writes what stands before the records.
    package init(_ header: BackupHeader, to sink: any BackupSink) throws(BackupError) {
        self.sink = sink
        try Self.give(BackupFormat.preamble, to: sink)
        try write(.header, try header.form())
    }

    /// Adds a record, which must follow the one before by kind and key.
    ///
    /// - Throws: `.unwritable` for one that does not follow, or is above a limit; `.file`.
    package mutating func append(_ record: Record) throws(BackupError) {
        guard BackupRecord.fits(record) else { throw .unwritable(.tooLarge(record.key)) }
        let start = body.count
        BackupRecord.append(record, to: &body)
        let follows = body.withUnsafeBytes { bytes in
            tally.add(record.key, form: UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        guard follows else { throw .unwritable(.unordered(record.key)) }
        if body.count >= BackupFormat.sectionBytesTarget { try writeRecords() }
    }

    /// Writes the rest and the trailer; a backup without it is not one.
    package mutating func finish() throws(BackupError) -> RecordTally {
        try writeRecords()
        try write(.trailer, UInt64(tally.records).bigEndianBytes + tally.digest)
        return tally
    }

    private mutating func writeRecords() throws(BackupError) {
        guard !body.isEmpty else { return }
        try write(.records, body)
        body.removeAll(keepingCapacity: true)
    }

    private mutating func write(_ section: BackupFormat.Section, _ body: [UInt8]) throws(BackupError) {
        let head = [section.rawValue] + UInt32(body.count).bigEndianBytes
        chain.extend(over: head, body)
        try Self.give(head + body + chain.value, to: sink)
    }

    private static func give(_ bytes: [UInt8], to sink: any BackupSink) throws(BackupError) {
        do throws(FileFailure) { try sink.write(bytes) } catch { throw .file(error) }
    }
}
