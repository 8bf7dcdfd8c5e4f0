import Crypto
import Foundation

@testable import Trail

/// The trail: its lines and its files, verified, read both ways, and opened to be written on.
///
/// With a head that was published before, no change to a closed trail goes unseen, not even by one who computes
/// all hashes anew.
enum TrailTarget {
    static let target = FuzzTarget(name: "trail", bytesMax: 4_096, run: run) {
        var seeds: [FuzzTarget.Seed] = [
            ("whole", [1, 0]), ("flipped", [1, 0, 1, 1, 0, 200, 2]), ("cut", [1, 0, 1, 5, 0, 9]),
            ("rehashed", [2, 0, 0] + [UInt8](repeating: 0, count: 9) + [0, 1, 30, 0x37]),
            ("renumbered-digest", [2, 0, 0, 5] + [UInt8](repeating: 0xFF, count: 8)),
            ("renumbered-header", [2, 0, 1, 0] + [UInt8](repeating: 0xFF, count: 8)),
        ]
        let texts = [original.head.description, event(1), #"{"a\"":{"eventTime":"x"},"b":"\"#]
        for (index, text) in texts.enumerated() { seeds.append(("text-\(index)", [3] + Array(text.utf8))) }
        seeds.append(("files", [0] + Array(original.files.map(\.bytes).joined(separator: [0]))))
        seeds.append(("line", [0] + Array(original.files[0].bytes.prefix(400))))
        return seeds
    }

    private struct Original {
        let files: [(name: String, bytes: [UInt8])]
        let head: TrailHead
    }

    private static let directory = Scratch.make("trail")
    private static let now = Date(timeIntervalSince1970: 1_795_236_000)
    /// Fresh in every process: what another one signed must not verify here.
    private static let signer = certain { () throws(TrailError) in
        try TrailSigner(key: SymmetricKey(size: .bits256))
    }

    private static func event(_ number: Int) -> String {
        #"{"eventVersion":"1.11","eventTime":"2026-11-21T04:40:00Z","number":\#(number)}"#
    }

    /// A closed trail of two segments.
    private static let original: Original = {
        Scratch.empty(directory)
        return certain { () throws(TrailError) in
            let writer = try openWriter()
            for number in 0..<4 { try writer.append([Array(event(number).utf8)], lane: 0) }
            try writer.close()
            let second = try openWriter()
            try second.append([Array(event(9).utf8)], lane: 0)
            try second.close()
            let head = try TrailVerifier.verify(directory: directory, publicKey: signer.publicKey)
                .head(signedBy: signer, now: now)
            return Original(
                files: ["0-0000000001.log", "0-0000000002.log"].map {
                    ($0, Scratch.read(directory + "/" + $0))
                },
                head: certain(head)
            )
        }
    }()

    private static func openWriter() throws(TrailError) -> TrailWriter {
        try TrailWriter(directory: directory, lanes: 1, signer: signer) { now }
    }

    static func run(_ input: [UInt8]) {
        var reader = FuzzInput(input)
        switch reader.byte() % 4 {
        case 0: arbitrary(reader.remainder().pieces(separatedBy: 0, max: 3))
        case 1: damage(&reader, rehashing: false)
        case 2: damage(&reader, rehashing: true)
        default: texts(reader.remainder())
        }
    }

    private static func arbitrary(_ files: [[UInt8]]) {
        _ = original
        Scratch.empty(directory)
        for (name, bytes) in zip(["0-0000000001.log", "0-0000000002.log", "1-0000000001.log"], files) {
            Scratch.write(bytes, to: directory + "/" + name)
        }
        readAndReopen(wasIntact: verifies(head: nil))
    }

    private static func damage(_ input: inout FuzzInput, rehashing: Bool) {
        var files = original.files
        let index = input.index(below: files.count)
        if rehashing {
            let changed = Renumbering(file: index, line: Int(input.byte() % 8), number: input.word())
            files[index].bytes = files[index].bytes.damaged(by: &input)
            var previous = ChainHash.zero
            for index in files.indices {
                files[index].bytes = rehashed(files[index].bytes, index, changed, after: &previous)
            }
        } else {
            files[index].bytes = files[index].bytes.damaged(by: &input)
        }
        Scratch.empty(directory)
        for (name, bytes) in files { Scratch.write(bytes, to: directory + "/" + name) }
        let isWhole = zip(files, original.files).allSatisfy { $0.bytes == $1.bytes }
        promise(
            verifies(head: original.head) == isWhole,
            "a changed trail verifies, or an unchanged one does not"
        )
        readAndReopen(wasIntact: verifies(head: nil))
    }

    /// Another number for one line, unless it is zero.
    private struct Renumbering {
        let file: Int
        let line: Int
        let number: UInt64
    }

    /// Computes the hash of every line anew, as anyone can.
    private static func rehashed(
        _ file: [UInt8],
        _ index: Int,
        _ changed: Renumbering,
        after previous: inout ChainHash
    ) -> [UInt8] {
        var result: [UInt8] = []
        for (place, line) in file.split(separator: 0x0A).enumerated() {
            let isChanged = changed.file == index && changed.line == place && changed.number != 0
            let bytes = Array(line)
            previous = bytes.withUnsafeBytes { bytes in
                guard let record = TrailLine(bytes) else {
                    result += bytes + [0x0A]
                    return previous
                }
                return LineEncoder.append(
                    record.text(in: bytes),
                    kind: record.kind,
                    number: isChanged ? changed.number : record.number,
                    after: previous,
                    to: &result
                )
            }
        }
        return result
    }

    private static func verifies(head: TrailHead?) -> Bool {
        do throws(TrailError) {
            _ = try TrailVerifier.verify(
                directory: directory,
                publicKey: signer.publicKey,
                expectedHead: head
            )
            return true
        } catch {
            promise(!"\(error)".isEmpty, "a trail is refused without a word")
            return false
        }
    }

    /// Reads the trail both ways, then goes on writing it.
    private static func readAndReopen(wasIntact: Bool) {
        let forward = read(.oldestFirst)
        let backward = read(.newestFirst)
        if wasIntact {
            promise(forward != nil && backward != nil, "a trail verifies and cannot be read")
            promise(
                (forward ?? []).sorted { $0.lexicographicallyPrecedes($1) }
                    == (backward ?? []).sorted { $0.lexicographicallyPrecedes($1) },
                "a trail says other things when it is read backward"
            )
        }
        do throws(TrailError) {
            let writer = try openWriter()
            try writer.append([Array(event(100).utf8)], lane: 0)
            try writer.close()
            if wasIntact { promise(verifies(head: nil), "writing on made an intact trail one that is not") }
        } catch {
            promise(!wasIntact, "an intact trail cannot be written on: \(error)")
        }
    }

    private static func read(_ order: TrailReader.Order) -> [[UInt8]]? {
        do throws(TrailError) {
            let cursor = try TrailReader(directory: directory).events(
                order,
                from: Date(timeIntervalSince1970: 0)
            )
            var events: [[UInt8]] = []
            // What follows the last newline is no record: a reader going backward leaves it out too.
            while let entry = try cursor.next() { events.append(entry.json) }
            return events
        } catch {
            return nil
        }
    }

    private static func texts(_ bytes: [UInt8]) {
        let text = bytes.repairedText
        if let header = SegmentHeader(text) { promise(header.text == text, "a header is written otherwise") }
        if let (digest, signature) = SegmentDigest.read(text) {
            promise(digest.text(signedWith: signature) == text, "a digest is written otherwise")
        }
        if let head = accepted({ () throws(TrailError) in try TrailHead(text) }) {
            promise(head.description == text, "a head is written otherwise")
            promise(!head.isSigned(by: signer.publicKey) || head == original.head, "a head was forged")
        }
        if let key = TrailPublicKey(pem: text) {
            promise(TrailPublicKey(pem: key.pem) == key, "a key is another")
        }
        for member in ["eventTime", "number", ""] {
            if let value = EventScan.string(member, in: bytes[...]) { _ = EventTime.parse(value) }
        }
        bytes.withUnsafeBytes { bytes in
            if let line = TrailLine(bytes) { _ = line.follows(.zero, in: bytes) }
        }
    }
}
