import Crypto
package import Foundation
package import Trail

/// A trail in a directory that goes with the test.
package final class TestTrail: Sendable {
    package let writer: TrailWriter
    package let directory: URL

    package init(_ clock: TestClock) throws {
        directory = FileManager.default.temporaryDirectory.appending(
            path: "strongroom-trail-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        writer = try TrailWriter(
            directory: directory.appending(path: "trail").path,
            lanes: 1,
            signer: TrailSigner(key: SymmetricKey(size: .bits256)),
            now: { clock.now }
        )
    }

    deinit {
        // A test may have closed it, or taken its directory away.
        _ = Result { try writer.close() }
        _ = Result { try FileManager.default.removeItem(at: directory) }
    }

    /// All that was written so far.
    package func text() throws -> String {
        let folder = directory.appending(path: "trail")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".log") }.sorted()
            .map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }.joined()
    }

    /// The lines of the trail, oldest first.
    package func lines() throws -> [String] { try text().split(separator: "\n").map(String.init) }

    /// How many events of a name there are.
    package func count(_ event: String) throws -> Int {
        try lines().count { $0.contains(#""eventName":"\#(event)""#) }
    }

    /// The audit events so far, oldest first.
    package func events() throws -> [Answer] {
        var events: [Answer] = []
        let cursor = try TrailReader(directory: directory.appending(path: "trail").path).events()
        while let entry = try cursor.next() { events.append(try Answer(entry.json)) }
        return events
    }
}
