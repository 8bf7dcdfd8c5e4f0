import Cryptography
import Foundation
import Glibc
import Storage
import Testing

@Suite("A backup's file")
struct BackupFileTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path("a.backup") }

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ bytes: [UInt8], replacing: Bool = false) throws(FileFailure) {
        let file = try BackupOutputFile(path: path, replacing: replacing)
        try file.write(bytes)
        try file.publish()
    }

    @Test func `appears whole, for its owner alone`() throws {
        let file = try BackupOutputFile(path: path, replacing: false)
        try file.write([1, 2])
        #expect(try directory.names() == ["a.backup.partial"])
        #expect(try directory.mode("a.backup.partial") == 0o600)
        try file.write([3])
        try file.publish()
        #expect(try directory.names() == ["a.backup"])
        #expect(try directory.bytes("a.backup") == [1, 2, 3] && directory.mode("a.backup") == 0o600)
        let input = try BackupInputFile(path: path)
        #expect(try input.read(atMost: 2) == [1, 2])
        #expect(try input.read(atMost: 2) == [3] && input.read(atMost: 2).isEmpty)
        try input.rewind()
        #expect(try input.read(atMost: 9) == [1, 2, 3])
    }

    @Test func `leaves nothing when it is given up`() throws {
        do {
            let file = try BackupOutputFile(path: path, replacing: false)
            try file.write([1])
        }
        #expect(try directory.names().isEmpty)
    }

    @Test func `replaces another only when it is told to`() throws {
        try write([1])
        #expect(throws: FileFailure.exists(path: path)) { try write([2]) }
        #expect(try directory.bytes("a.backup") == [1])
        try write([2], replacing: true)
        #expect(try directory.bytes("a.backup") == [2] && directory.names() == ["a.backup"])
    }

    @Test func `replaces none that appeared while it was written`() throws {
        let file = try BackupOutputFile(path: path, replacing: false)
        try file.write([1])
        try directory.write([9], to: "a.backup")
        #expect(throws: FileFailure.exists(path: path)) { try file.publish() }
        #expect(try directory.bytes("a.backup") == [9])
    }

    @Test func `takes the place of nothing but a file`() throws {
        try directory.makeDirectory("a.backup")
        #expect(throws: FileFailure.malformed(path: path, reason: "it is not a regular file")) {
            try write([1], replacing: true)
        }
        #expect(throws: FileFailure.missing(path: directory.path("none"))) {
            try BackupInputFile(path: directory.path("none"))
        }
    }

    @Test func `removes what an interrupted backup left, and not what another is writing`() throws {
        try directory.write([9, 9, 9], to: "a.backup.partial")
        let file = try BackupOutputFile(path: path, replacing: false)
        #expect(throws: FileFailure.self) { try BackupOutputFile(path: path, replacing: false) }
        try file.write([1])
        try file.publish()
        #expect(try directory.bytes("a.backup") == [1] && directory.names() == ["a.backup"])
    }

    @Test func `names the disk that is full`() throws {
        let full = Glibc.open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect(throws: FileFailure.system(path: "full", operation: "write", code: ENOSPC)) {
            try BackupOutputFile.write([1], to: full, name: "full")
        }
    }
}
