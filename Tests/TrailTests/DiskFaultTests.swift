import Foundation
import Glibc
import Testing

@testable import Trail

@Suite("A trail on a failing disk")
struct DiskFaultTests {
    let scratch = Scratch()
    let files = FaultyFileSystem()

    private func isUnavailable(_ error: any Error) -> Bool {
        if case TrailError.unavailable = error { return true }
        return false
    }

    @Test func `writes a batch with one system call`() throws {
        let writer = try scratch.writer(fileSystem: files)
        let before = files.writes
        try writer.append((1...20).map { event($0) }, lane: 0)
        #expect(files.writes == before + 1)
    }

    @Test(arguments: [1, 7, 100]) func `goes on after short and interrupted writes`(bytes: Int) throws {
        let writer = try scratch.writer(fileSystem: files)
        files.change {
            $0.writeMax = bytes
            $0.interruptions = 3
        }
        try writer.append([event(1), event(2)], lane: 0)
        try writer.close()
        #expect(try scratch.verify().events == 2)
    }

    @Test func `stays whole whatever room the disk has left`() throws {
        let writer = try scratch.writer(fileSystem: files)
        try writer.append([event(0)], lane: 0)
        let good = try scratch.bytes("0-0000000001.log")
        let batch = [event(1), event(2)]
        let size = batch.reduce(0) { $0 + "E 1 ".count + 64 + " ".count + $1.count + "\n".count }
        for room in 0..<size {
            files.change { $0.room = room }
            #expect(throws: TrailError.self, "room \(room)") { try writer.append(batch, lane: 0) }
            #expect(!writer.isWritable)
            #expect(try scratch.bytes("0-0000000001.log") == good, "room \(room)")
        }
        files.change { $0.room = nil }
        #expect(writer.isWritable)
        try writer.append(batch, lane: 0)
        try writer.close()
        #expect(try scratch.verify().events == 3)
    }

    @Test func `drops what it could not drop at once before it writes again`() throws {
        let writer = try scratch.writer(fileSystem: files)
        try writer.append([event(0)], lane: 0)
        let good = try scratch.bytes("0-0000000001.log").count
        files.change {
            $0.room = 150
            $0.failsTruncate = true
        }
        #expect(throws: TrailError.self) { try writer.append([event(1), event(2)], lane: 0) }
        #expect(try scratch.bytes("0-0000000001.log").count == good + 150)
        files.change { $0.room = nil }
        #expect(throws: TrailError.self) { try writer.append([event(3)], lane: 0) }
        #expect(!writer.isWritable)
        files.change { $0.failsTruncate = false }
        try writer.append([event(4)], lane: 0)
        #expect(writer.isWritable)
        try writer.close()
        #expect(try scratch.verify().events == 2)
    }

    @Test func `is writable again for all lanes without a call on the lane that failed`() throws {
        let writer = try scratch.writer(lanes: 2, fileSystem: files)
        files.change { $0.room = 0 }
        #expect(throws: TrailError.self) { try writer.append([event(1)], lane: 1) }
        #expect(!writer.isWritable)
        files.change { $0.room = nil }
        #expect(writer.isWritable)
        try writer.append([event(2)], lane: 0)
        try writer.close()
        #expect(try scratch.verify().events == 1)
    }

    @Test func `goes on with the same segment when the digest found no room`() throws {
        let writer = try scratch.writer(limits: TrailLimits(segmentBytesMax: 500), fileSystem: files)
        try writer.append([event(1)], lane: 0)
        files.change { $0.room = 300 }
        #expect(throws: TrailError.self) { try writer.append([event(2)], lane: 0) }
        #expect(try scratch.segments.count == 1)
        files.change { $0.room = nil }
        try writer.append([event(3)], lane: 0)
        try writer.close()
        #expect(try scratch.segments.count == 2)
        #expect(try scratch.verify().events == 2)
    }

    @Test(arguments: [false, true])
    func `leaves nothing of a segment whose header found no room`(removeFails: Bool) throws {
        let clock = StandingClock()
        let writer = try scratch.writer(limits: TrailLimits(segmentAge: 1), fileSystem: files, clock: clock)
        try writer.append([event(1)], lane: 0)
        clock.advance(by: 1)
        try writer.sealAgedSegments()
        files.change {
            $0.room = 10
            $0.failsRemove = removeFails
        }
        #expect(throws: TrailError.self) { try writer.append([event(2)], lane: 0) }
        #expect(try scratch.segments.count == (removeFails ? 2 : 1))
        #expect(try scratch.verify().events == 1)
        #expect(throws: TrailError.self) { try writer.append([event(3)], lane: 0) }
        files.change {
            $0.room = nil
            $0.failsRemove = false
        }
        #expect(writer.isWritable)
        try writer.append([event(4)], lane: 0)
        try writer.close()
        #expect(try scratch.verify().events == 2)
    }

    @Test func `recovers when no file could be made for a while`() throws {
        let writer = try scratch.writer(limits: TrailLimits(segmentBytesMax: 400), fileSystem: files)
        try writer.append([event(1)], lane: 0)
        files.change { $0.failsCreate = true }
        #expect(throws: TrailError.self) { try writer.append([event(2)], lane: 0) }
        #expect(!writer.isWritable)
        files.change { $0.failsCreate = false }
        try writer.append([event(3)], lane: 0)
        try writer.close()
        #expect(try scratch.verify().events == 2)
    }

    @Test func `lets a closed lane be sealed by the next start when it could not be sealed`() throws {
        let writer = try scratch.writer(lanes: 2, fileSystem: files)
        try writer.append([event(1)], lane: 0)
        files.change { $0.room = 20 }
        #expect(throws: TrailError.self) { try writer.close() }
        files.change { $0.room = nil }
        let next = try scratch.writer(lanes: 2)
        #expect(next.recoveries.map(\.isSealed) == [true, true])
        try next.close()
        #expect(try scratch.verify().lanes.map(\.recovered) == [["0-0000000001.log"], ["1-0000000001.log"]])
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a file system needs root"))
    func `stands a disk that is really full`() throws {
        let mountPoint = NSTemporaryDirectory() + "trail-full-" + TrailID.random().description
        try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
        defer { rmdir(mountPoint) }
        guard mount("tmpfs", mountPoint, "tmpfs", 0, "size=256k") == 0 else {
            // Root without the right to mount, as in many containers: the injected faults stand for it.
            return
        }
        defer { umount2(mountPoint, Int32(MNT_DETACH)) }
        let ballast = mountPoint + "/ballast"
        #expect(FileManager.default.createFile(atPath: ballast, contents: Data(count: 128 << 10)))
        let clock = StandingClock()
        let signer = try TrailSigner.fixed()
        let writer = try TrailWriter(
            directory: mountPoint + "/trail",
            lanes: 1,
            signer: signer,
            now: { clock.now }
        )
        var appended = 0
        var failure: (any Error)?
        while failure == nil, appended < 10_000 {
            do {
                try writer.append([event(appended)], lane: 0)
                appended += 1
            } catch {
                failure = error
            }
        }
        #expect(failure.map(isUnavailable) == true)
        #expect(!writer.isWritable)
        try FileManager.default.removeItem(atPath: ballast)
        #expect(writer.isWritable)
        try writer.append([event(appended)], lane: 0)
        try writer.close()
        let report = try TrailVerifier.verify(
            directory: mountPoint + "/trail",
            publicKey: signer.publicKey
        )
        #expect(report.events == UInt64(appended + 1))
    }
}
