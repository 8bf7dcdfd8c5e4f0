import GRDBSQLite
import Testing

@testable import Storage

@Suite("LogBuffer")
struct LogBufferTests {
    /// A file that notes what is written to it.
    private final class NotedFile {
        struct Write: Equatable {
            let bytes: [UInt8]
            let offset: Int64
        }

        private let buffer = LogBuffer()
        private(set) var writes: [Write] = []
        var failure = SQLITE_OK

        private func note(_ bytes: UnsafeRawBufferPointer, _ offset: Int64) -> Int32 {
            writes.append(Write(bytes: [UInt8](bytes), offset: offset))
            return failure
        }

        func write(_ bytes: [UInt8], at offset: Int) -> Int32 {
            bytes.withUnsafeBytes { buffer.write($0, at: Int64(offset), by: note) }
        }

        func flush() -> Int32 { buffer.flush(by: note) }

        /// Writes a page with its header, as SQLite does it; `pages` is how many the file has after a transaction.
        func writeFrame(_ number: UInt8, at offset: Int, endingWith pages: UInt8 = 0) -> [Int32] {
            [
                write(LogBufferTests.header(number, endingWith: pages), at: offset),
                write(LogBufferTests.page(number), at: offset + 24),
            ]
        }
    }

    private static let frameBytes = 24 + 4096

    private static func header(_ number: UInt8, endingWith pages: UInt8 = 0) -> [UInt8] {
        [0, 0, 0, number, 0, 0, 0, pages] + [UInt8](repeating: 0xAB, count: 16)
    }

    private static func page(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 4096) }

    @Test func `writes a transaction at its last page and not before`() {
        let file = NotedFile()
        let logHeader = [UInt8](repeating: 1, count: 32)
        #expect(file.write(logHeader, at: 0) == SQLITE_OK)
        #expect(file.writeFrame(1, at: 32) == [SQLITE_OK, SQLITE_OK])
        #expect(file.write(Self.header(2, endingWith: 9), at: 32 + Self.frameBytes) == SQLITE_OK)
        #expect(file.writes.isEmpty)
        #expect(file.write(Self.page(2), at: 32 + Self.frameBytes + 24) == SQLITE_OK)
        let whole = logHeader + Self.header(1) + Self.page(1) + Self.header(2, endingWith: 9) + Self.page(2)
        #expect(file.writes == [.init(bytes: whole, offset: 0)])
        #expect(file.flush() == SQLITE_OK)
        #expect(file.writes.count == 1)
    }

    @Test func `writes what it has before anything else is asked`() {
        let file = NotedFile()
        #expect(file.writeFrame(1, at: 32) == [SQLITE_OK, SQLITE_OK])
        #expect(file.flush() == SQLITE_OK)
        #expect(file.writes == [.init(bytes: Self.header(1) + Self.page(1), offset: 32)])
        // What comes next still belongs behind it.
        #expect(file.writeFrame(2, at: 32 + Self.frameBytes, endingWith: 2) == [SQLITE_OK, SQLITE_OK])
        #expect(file.writes.last == .init(bytes: Self.header(2, endingWith: 2) + Self.page(2), offset: 4152))
    }

    @Test func `writes what it has before it begins elsewhere`() {
        let file = NotedFile()
        _ = file.writeFrame(1, at: 9000)
        // SQLite gave the transaction up, and the next one takes its place.
        _ = file.writeFrame(2, at: 32, endingWith: 1)
        #expect(
            file.writes == [
                .init(bytes: Self.header(1) + Self.page(1), offset: 9000),
                .init(bytes: Self.header(2, endingWith: 1) + Self.page(2), offset: 32),
            ]
        )
    }

    /// Also where the buffer is full between the last page's header and the page.
    @Test(arguments: [1, 30, 31, 32, 61, 62, 100], [0, 4095, 4096 - 24])
    func `writes a transaction of any length whole and in order`(pages: Int, shift: Int) {
        let file = NotedFile()
        var whole = [UInt8](repeating: 7, count: shift)
        _ = file.write(whole, at: 0)
        for number in 1...pages {
            let isLast = number == pages
            _ = file.writeFrame(UInt8(number), at: whole.count, endingWith: isLast ? 1 : 0)
            whole += Self.header(UInt8(number), endingWith: isLast ? 1 : 0) + Self.page(UInt8(number))
        }
        var written: [UInt8] = []
        for write in file.writes {
            #expect(write.offset == Int64(written.count))
            #expect(write.bytes.count <= LogBuffer.bytesMax)
            written += write.bytes
        }
        #expect(written == whole)
    }

    @Test func `writes what does not fit by itself`() {
        let file = NotedFile()
        let long = [UInt8](repeating: 3, count: LogBuffer.bytesMax + 1)
        _ = file.write([1, 2], at: 0)
        #expect(file.write(long, at: 2) == SQLITE_OK)
        _ = file.write([4], at: 2 + long.count)
        #expect(file.flush() == SQLITE_OK)
        #expect(
            file.writes == [
                .init(bytes: [1, 2], offset: 0), .init(bytes: long, offset: 2),
                .init(bytes: [4], offset: Int64(2 + long.count)),
            ]
        )
    }

    @Test func `tells what could not be written within its transaction, and forgets it`() {
        let file = NotedFile()
        file.failure = SQLITE_FULL
        #expect(file.writeFrame(1, at: 32) == [SQLITE_OK, SQLITE_OK])
        #expect(file.writeFrame(2, at: 32 + Self.frameBytes, endingWith: 2) == [SQLITE_OK, SQLITE_FULL])
        file.failure = SQLITE_OK
        #expect(file.flush() == SQLITE_OK)
        #expect(file.writes.count == 1)
        #expect(file.writeFrame(3, at: 32, endingWith: 1) == [SQLITE_OK, SQLITE_OK])
        #expect(file.writes.last == .init(bytes: Self.header(3, endingWith: 1) + Self.page(3), offset: 32))
        file.failure = SQLITE_IOERR
        #expect(file.writeFrame(4, at: 9000) == [SQLITE_OK, SQLITE_OK])
        #expect(file.writeFrame(5, at: 100) == [SQLITE_IOERR, SQLITE_OK])
    }
}
