import GRDBSQLite
import Glibc

/// Has SQLite write each transaction to its write-ahead log with one system call.
///
/// SQLite itself makes two for every page, one for 24 bytes and one for the page, and they cost more than what they
/// write. It knows no way to change that but a file system of one's own, which this is, for logs alone: all other files
/// are the system's.
///
/// Source: SQLite, "The OS Backend (VFS) To SQLite".
enum GatheredLog {
    /// Makes it how all connections write their logs that this process opens from now on.
    ///
    /// SQLite goes on by itself where it cannot be had.
    static func install() { _ = isInstalled }

    private static let isInstalled: Bool = {
        guard let system, let name = strdup("strongroom-log") else { return false }
        var gathering = system.pointee
        gathering.pNext = nil
        gathering.zName = UnsafePointer(name)
        gathering.szOsFile += Int32(LogHandle.systemFileOffset)
        gathering.xOpen = { GatheredLog.open($1, $2, $3, $4) }
        // SQLite keeps it for as long as the process lives.
        let kept = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        kept.initialize(to: gathering)
        return sqlite3_vfs_register(kept, 1) == SQLITE_OK
    }()

    /// What SQLite has of the system, taken before there is another.
    // Unchecked: SQLite neither changes nor frees it while the process lives.
    private nonisolated(unsafe) static let system = sqlite3_vfs_find(nil)

    /// Opens whatever file SQLite asks for.
    private static func open(
        _ path: UnsafePointer<CChar>?,
        _ file: UnsafeMutablePointer<sqlite3_file>?,
        _ flags: Int32,
        _ flagsGiven: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let file, let openFile = system?.pointee.xOpen else { return SQLITE_CANTOPEN }
        guard flags & SQLITE_OPEN_WAL != 0 else { return openFile(system, path, file, flags, flagsGiven) }
        return LogHandle(at: file).open(methods: methods) { openFile(system, path, $0, flags, flagsGiven) }
    }

    // Unchecked: never changed once made, and never freed.
    private nonisolated(unsafe) static let methods: UnsafePointer<sqlite3_io_methods> = {
        var methods = sqlite3_io_methods()
        methods.iVersion = 1
        methods.xClose = { LogHandle(at: $0).close() }
        methods.xWrite = {
            LogHandle(at: $0).write(UnsafeRawBufferPointer(start: $1, count: Int($2)), at: $3)
        }
        methods.xRead = { file, bytes, count, offset in
            LogHandle(at: file).flushed { $0.xRead($1, bytes, count, offset) }
        }
        methods.xTruncate = { file, size in LogHandle(at: file).flushed { $0.xTruncate($1, size) } }
        methods.xSync = { file, flags in LogHandle(at: file).flushed { $0.xSync($1, flags) } }
        methods.xFileSize = { file, size in LogHandle(at: file).flushed { $0.xFileSize($1, size) } }
        methods.xLock = { file, level in LogHandle(at: file).flushed { $0.xLock($1, level) } }
        methods.xUnlock = { file, level in LogHandle(at: file).flushed { $0.xUnlock($1, level) } }
        methods.xCheckReservedLock = { file, isReserved in
            LogHandle(at: file).flushed { $0.xCheckReservedLock($1, isReserved) }
        }
        methods.xFileControl = { file, operation, argument in
            LogHandle(at: file).flushed { $0.xFileControl($1, operation, argument) }
        }
        methods.xSectorSize = { file in LogHandle(at: file).asked { $0.xSectorSize($1) } }
        methods.xDeviceCharacteristics = { file in LogHandle(at: file).asked { $0.xDeviceCharacteristics($1) }
        }
        let kept = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        kept.initialize(to: methods)
        return UnsafePointer(kept)
    }()
}

/// The memory that SQLite has for an open log: what it looks for itself, our buffer, and what the system keeps of the file.
private struct LogHandle {
    typealias SystemFile = UnsafeMutablePointer<sqlite3_file>

    private struct Contents {
        var base: sqlite3_file
        /// Nil where a write may tear its neighbours: there SQLite syncs in the midst of a transaction, and means it.
        var buffer: Unmanaged<LogBuffer>?
    }

    /// Where what the system keeps begins; aligned for anything.
    static let systemFileOffset = (MemoryLayout<Contents>.stride + 15) / 16 * 16

    private let contents: UnsafeMutablePointer<Contents>
    private let systemFile: SystemFile

    init(at file: UnsafeMutablePointer<sqlite3_file>?) {
        guard let file else { preconditionFailure("SQLite names the file that it means") }
        let memory = UnsafeMutableRawPointer(file)
        contents = memory.assumingMemoryBound(to: Contents.self)
        systemFile = (memory + Self.systemFileOffset).assumingMemoryBound(to: sqlite3_file.self)
    }

    /// Opens the file by the system's means; SQLite closes only what has got methods.
    func open(methods: UnsafePointer<sqlite3_io_methods>, by openFile: (SystemFile) -> Int32) -> Int32 {
        contents.initialize(to: Contents(base: sqlite3_file(pMethods: nil), buffer: nil))
        let code = openFile(systemFile)
        guard code == SQLITE_OK else { return code }
        contents.pointee.base.pMethods = methods
        if system.xDeviceCharacteristics(systemFile) & SQLITE_IOCAP_POWERSAFE_OVERWRITE != 0 {
            contents.pointee.buffer = .passRetained(LogBuffer())
        }
        return SQLITE_OK
    }

    private var system: sqlite3_io_methods {
        guard let methods = systemFile.pointee.pMethods else { preconditionFailure("SQLite uses open files") }
        return methods.pointee
    }

    private func systemWrite(_ bytes: UnsafeRawBufferPointer, _ offset: Int64) -> Int32 {
        system.xWrite(systemFile, bytes.baseAddress, Int32(bytes.count), offset)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        guard let buffer = contents.pointee.buffer else { return systemWrite(bytes, offset) }
        return buffer.takeUnretainedValue().write(bytes, at: offset, by: systemWrite)
    }

    private func flush() -> Int32 {
        contents.pointee.buffer?.takeUnretainedValue().flush(by: systemWrite) ?? SQLITE_OK
    }

    /// Asks the system for something when it has everything that was written.
    func flushed(_ ask: (sqlite3_io_methods, SystemFile) -> Int32) -> Int32 {
        let code = flush()
        return code == SQLITE_OK ? ask(system, systemFile) : code
    }

    /// Asks the system for what has nothing to do with what was written.
    func asked(_ ask: (sqlite3_io_methods, SystemFile) -> Int32) -> Int32 {
        ask(system, systemFile)
    }

    func close() -> Int32 {
        let flushed = flush()
        let closed = system.xClose(systemFile)
        contents.pointee.buffer?.release()
        contents.pointee = Contents(base: sqlite3_file(pMethods: nil), buffer: nil)
        return flushed == SQLITE_OK ? closed : flushed
    }
}
