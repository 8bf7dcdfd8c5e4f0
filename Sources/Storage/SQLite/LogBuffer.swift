import GRDBSQLite

/// Gathers what SQLite writes to an open log until the last page of a transaction is among it, or something else is to be
/// done with the log.
///
/// So whoever learns of a transaction from the log's index finds it in the file, whether or not SQLite then syncs it,
/// and what cannot be written fails within the transaction that it belongs to. SQLite has one thread at a time use it.
///
/// Source: SQLite, "Database File Format", section 4.1.
final class LogBuffer {
    /// Writes bytes where they belong in the file, and answers SQLite's code.
    typealias SystemWrite = (_ bytes: UnsafeRawBufferPointer, _ offset: Int64) -> Int32

    private var gathered: [UInt8] = []
    /// Where in the file the first gathered byte belongs.
    private var start: Int64 = 0
    /// Whether the page that comes next is the last of a transaction.
    private var isLastPageNext = false

    /// A transaction of some thirty pages of 4 KiB; longer ones are written in parts.
    ///
    /// SQLite's own `unixWrite` takes no more than 131,071 bytes in one call: of a longer length it sees the lowest 17
    /// bits.
    static let bytesMax = 124 << 10
    private static let frameHeaderBytes = 24

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64, by write: SystemWrite) -> Int32 {
        let isLastPage = isLastPageNext
        isLastPageNext = Self.isHeaderOfLastPage(bytes)
        if offset != start + Int64(gathered.count) || gathered.count + bytes.count > Self.bytesMax {
            let code = flush(by: write)
            guard code == SQLITE_OK else { return code }
            start = offset
        }
        guard bytes.count <= Self.bytesMax else { return write(bytes, offset) }
        // Only a connection that writes takes the memory.
        if gathered.capacity == 0 { gathered.reserveCapacity(Self.bytesMax) }
        gathered += bytes
        return isLastPage ? flush(by: write) : SQLITE_OK
    }

    /// The header of a transaction's last page says how many pages the file has then; in all others that is zero.
    private static func isHeaderOfLastPage(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count == frameHeaderBytes && bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self) != 0
    }

    /// Writes what is gathered; what could not be written is forgotten, and SQLite told.
    func flush(by write: SystemWrite) -> Int32 {
        guard !gathered.isEmpty else { return SQLITE_OK }
        let code = gathered.withUnsafeBytes { write($0, start) }
        start += Int64(gathered.count)
        gathered.removeAll(keepingCapacity: true)
        return code
    }
}
