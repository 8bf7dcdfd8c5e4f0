import AWSProtocol
import ArgumentParser

/// How answers are printed.
struct FormatOptions: ParsableArguments {
    @Flag(help: "Print JSON.") var json = false
    @Option(help: .hidden) var color: String?

    /// Prints a list under a title, or as one JSON array.
    func show(_ names: [String], under title: String) {
        guard !json else {
            var writer = JSONWriter()
            writer.beginArray()
            for name in names { writer.string(name) }
            writer.endArray()
            return Output.print(bytes: writer.bytes)
        }
        Output.value(([title] + names).joined(separator: "\n"))
    }
}

/// Bodies of requests: objects of texts.
enum Body {
    static func of(_ members: [(String, String)]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in members {
            writer.name(name)
            writer.string(value)
        }
        writer.endObject()
        return writer.bytes
    }
}

/// Any JSON, as compact as it came.
enum JSONOutput {
    static func of(_ json: JSON) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(json)
        return writer.bytes
    }
}

extension JSON {
    /// The text of a member; empty when it has none.
    func member(_ name: String) -> String { self[name]?.text ?? "" }
}

/// Names in paths, whatever the user typed.
enum URLPart {
    static func of(_ text: String) -> String {
        let allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_*~"
        return text.utf8.map { byte in
            let letter = Character(UnicodeScalar(byte))
            return allowed.contains(letter) ? String(letter) : "%" + Hex.encode([byte]).uppercased()
        }.joined()
    }
}

/// Moments for readers.
enum DateText {
    /// `2026-11-21 01:53:19 UTC` of RFC 3339 in UTC.
    static func of(_ text: String) -> String {
        guard text.count >= 19, text.hasSuffix("Z") else { return text }
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + " UTC"
    }
}

/// Listings that come in pages.
enum Listing {
    /// All names: the server says where the next page begins.
    static func names(
        _ client: KESClient,
        _ path: String,
        _ pattern: String,
        _ member: String
    ) async throws -> [String] {
        var names: [String] = []
        var next = pattern
        var seen: Set<String> = []
        repeat {
            guard seen.insert(next).inserted else {
                throw CommandFailure("the server's listing goes round in circles at '\(next)'")
            }
            let page = try await client.json(.get, path + URLPart.of(next))
            names += (page[member]?.elements ?? []).compactMap(\.text)
            next = page.member("continue_at")
        } while !next.isEmpty
        return names
    }
}
