import Testing

@testable import Cryptography

@Suite("DurableFile")
struct DurableFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: [0, 1, 100_000])
    func `reads what it wrote`(count: Int) throws {
        let contents = SecretBytes(randomCount: count)
        try DurableFile.create(at: directory.path("a"), contents: contents)
        let read = try DurableFile.read(at: directory.path("a"), bytesMax: count, ownerOnly: true)
        #expect(read.exposedInTest == contents.exposedInTest)
        #expect(try directory.mode("a") == 0o600)
    }

    @Test func `refuses to make a file where there is one`() throws {
        try directory.write([1], to: "a", mode: 0o644)
        #expect(throws: FileFailure.exists(path: directory.path("a"))) {
            try DurableFile.create(at: directory.path("a"), contents: SecretBytes(copying: [2]))
        }
        #expect(try directory.bytes("a") == [1])
    }

    @Test func `puts a closed file in place of an open one`() throws {
        try directory.write([1], to: "a", mode: 0o644)
        try DurableFile.replace(at: directory.path("a"), contents: SecretBytes(copying: [2, 3]))
        #expect(try directory.bytes("a") == [2, 3])
        #expect(try directory.mode("a") == 0o600)
        #expect(try directory.names() == ["a"])
    }

    @Test func `removes a file once`() throws {
        try directory.write([1], to: "a")
        try DurableFile.remove(at: directory.path("a"))
        #expect(try directory.names() == [])
        #expect(throws: FileFailure.missing(path: directory.path("a"))) {
            try DurableFile.remove(at: directory.path("a"))
        }
    }

    @Test func `refuses a longer file than asked for`() throws {
        try directory.write([1, 2, 3], to: "a")
        #expect(throws: FileFailure.self) {
            _ = try DurableFile.read(at: directory.path("a"), bytesMax: 2, ownerOnly: false).count
        }
    }

    @Test func `leaves nothing behind where it cannot write`() throws {
        let error = #expect(throws: FileFailure.self) {
            try DurableFile.replace(at: "/proc/strongroom", contents: SecretBytes(copying: [1]))
        }
        #expect(error?.description.contains("/proc/strongroom") == true)
        try directory.write([1], to: "file")
        #expect(throws: FileFailure.self) {
            try DurableFile.create(at: directory.path("file/below"), contents: SecretBytes(copying: [1]))
        }
        #expect(try directory.names() == ["file"])
    }
}
