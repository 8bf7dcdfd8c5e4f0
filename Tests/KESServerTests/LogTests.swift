import Foundation
import Glibc
import Testing

@testable import KESServer

@Suite("Lines of a log")
struct LogTests {
    /// A pipe: where to read, where to write.
    private func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private func read(_ descriptor: Int32, until isEnough: ([UInt8]) -> Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !isEnough(bytes) {
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 20_000) == 1 else { return bytes }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// How many lines were kept or are said to be lost.
    private static func told(in bytes: [UInt8]) -> Int {
        // What the last line feed is followed by is not whole yet.
        let whole = bytes.lastIndex(of: 0x0A).map { bytes[...$0] } ?? []
        return whole.split(separator: 0x0A).reduce(0) { told, line in
            let text = String(decoding: line, as: UTF8.self)
            if text.first == "x" { return told + 1 }
            guard text.contains("lost") else { return told }
            return told + (text.split(separator: "lines=").last.flatMap { Int($0) } ?? 0)
        }
    }

    @Test func `wait for a reader without stopping anybody, and keep their order`() throws {
        let (reading, writing) = try pipe()
        defer { close(reading) }
        let output = LineOutput(writing)
        let lines = (0..<20_000).map { "line \($0) \(String(repeating: "x", count: 30))\n" }
        // Ten times what a pipe takes; nobody reads yet.
        for line in lines { output.write(Array(line.utf8)) }
        let expected = Array(lines.joined().utf8)
        #expect(read(reading) { $0.count >= expected.count } == expected)
        close(writing)
    }

    @Test func `are dropped when too many wait, and counted`() throws {
        let (reading, writing) = try pipe()
        defer { close(reading) }
        let output = LineOutput(writing, waitingBytesMax: 10_000)
        let line = Array("\(String(repeating: "x", count: 99))\n".utf8)
        let count = 5_000
        for _ in 0..<count { output.write(line) }
        // What was lost may be told in several lines, between lines that were kept.
        let said = read(reading) { Self.told(in: $0) >= count }
        let kept = String(decoding: said, as: UTF8.self).split(separator: "\n").filter { $0.first == "x" }
        #expect(kept.allSatisfy { $0.utf8.count == 99 })
        #expect(kept.count < count)
        #expect(Self.told(in: said) == count)
        close(writing)
    }

    @Test func `are let go when nobody will ever read them`() throws {
        signal(SIGPIPE, SIG_IGN)
        let (reading, writing) = try pipe()
        close(reading)
        let output = LineOutput(writing)
        output.write(Array("a\n".utf8))
        output.write(Array("b\n".utf8))
        close(writing)
    }

    @Test(
        arguments: [
            (0, "0ns"), (999, "999ns"), (1_000, "1µs"), (334_871, "334.871µs"), (1_500_000, "1.5ms"),
            (1_000_001, "1.000001ms"), (2_030_000_000, "2.03s"), (61_000_000_000, "61s"), (-5, "0ns"),
        ] as [(Int64, String)]
    )
    func `tell durations as Go does`(_ nanoseconds: Int64, _ text: String) {
        var bytes: [UInt8] = []
        GoDuration.append(nanoseconds, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}
