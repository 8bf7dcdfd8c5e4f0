import Glibc
import Synchronization

@testable import Trail

/// The operating system's files with faults put in: what a full or broken disk does, on command.
final class FaultyFileSystem: TrailFileSystem {
    /// What the next system calls do.
    struct Plan {
        /// Bytes the disk still takes; nil when it takes all.
        var room: Int?
        /// The most bytes one write takes.
        var writeMax = Int.max
        /// How many writes are interrupted before one goes through.
        var interruptions = 0
        var failsTruncate = false
        var failsSynchronize = false
        var failsCreate = false
        var failsRemove = false
        var failsRename = false
        var cannotReserve = false
        /// How many writes were asked for.
        var writes = 0
    }

    let plan = Mutex(Plan())

    func change(_ body: (inout Plan) -> Void) {
        plan.withLock { body(&$0) }
    }

    var writes: Int { plan.withLock { $0.writes } }

    func create(at path: String) throws(SystemFailure) -> any TrailFile {
        if plan.withLock({ $0.failsCreate }) { throw SystemFailure(.create, path, code: EMFILE) }
        return FaultyFile(try SystemFileSystem().create(at: path), owner: self)
    }

    func open(at path: String) throws(SystemFailure) -> any TrailFile {
        FaultyFile(try SystemFileSystem().open(at: path), owner: self)
    }

    func remove(at path: String) throws(SystemFailure) {
        if plan.withLock({ $0.failsRemove }) { throw SystemFailure(.remove, path, code: EIO) }
        try SystemFileSystem().remove(at: path)
    }

    func rename(_ path: String, to name: String) throws(SystemFailure) {
        if plan.withLock({ $0.failsRename }) { throw SystemFailure(.rename, name, code: EIO) }
        try SystemFileSystem().rename(path, to: name)
    }

    func synchronizeDirectory(at path: String) throws(SystemFailure) {
        if plan.withLock({ $0.failsSynchronize }) { throw SystemFailure(.synchronize, path, code: EIO) }
        try SystemFileSystem().synchronizeDirectory(at: path)
    }
}

private final class FaultyFile: TrailFile {
    private let file: any TrailFile
    private let owner: FaultyFileSystem
    /// The bytes of room that were taken beyond the file's end.
    private let reserved = Mutex(0)

    init(_ file: any TrailFile, owner: FaultyFileSystem) {
        self.file = file
        self.owner = owner
    }

    var path: String { file.path }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) -> Int {
        let (isInterrupted, allowed) = owner.plan.withLock { plan -> (Bool, Int) in
            plan.writes += 1
            if plan.interruptions > 0 {
                plan.interruptions -= 1
                return (true, 0)
            }
            let own = reserved.withLock { $0 }
            let allowed = min(bytes.count, plan.writeMax, plan.room.map { $0 + own } ?? .max)
            reserved.withLock { $0 = max(0, own - allowed) }
            plan.room = plan.room.map { $0 - max(0, allowed - own) }
            return (false, allowed)
        }
        if isInterrupted { throw SystemFailure(.write, path, code: EINTR) }
        guard allowed > 0 else { throw SystemFailure(.write, path, code: ENOSPC) }
        return try file.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(allowed)))
    }

    func truncate(to length: Int) throws(SystemFailure) {
        if owner.plan.withLock({ $0.failsTruncate }) { throw SystemFailure(.truncate, path, code: EIO) }
        try file.truncate(to: length)
        let freed = reserved.withLock { reserved in
            defer { reserved = 0 }
            return reserved
        }
        owner.change { plan in plan.room = plan.room.map { $0 + freed } }
    }

    func synchronize() throws(SystemFailure) {
        if owner.plan.withLock({ $0.failsSynchronize }) { throw SystemFailure(.synchronize, path, code: EIO) }
        try file.synchronize()
    }

    func reserve(_ count: Int, at offset: Int) throws(SystemFailure) {
        try owner.plan.withLock { (plan) throws(SystemFailure) in
            if plan.cannotReserve { return }
            if let room = plan.room {
                guard room >= count else { throw SystemFailure(.reserve, path, code: ENOSPC) }
                plan.room = room - count
            }
            reserved.withLock { $0 += count }
        }
    }

    func startWriteback(of count: Int, at offset: Int) {
        file.startWriteback(of: count, at: offset)
    }
}
