import Storage
import Testing

extension RecordStoreSuite {
    /// In the order of their UTF-8 bytes, which is neither the alphabet's nor UTF-16's.
    private static let ordered = [
        "", "A", "Z", "a", "a/", "a/b", "a/b/c", "a0", "aa", "b", "z", "\u{7F}", "\u{E9}", "\u{E9}/x",
        "\u{FFFD}", "\u{10000}", "\u{1F511}", "\u{10FFFF}",
    ]

    private static func fill(_ store: any RecordStore) async throws {
        _ = try await store.commit(ordered.reversed().map { put($0, $0) })
        _ = try await store.commit([.put(RecordKey(otherKind, "a/other"), [1], expecting: .any)])
    }

    private static func names(
        _ store: any RecordStore,
        prefix: String = "",
        after: String? = nil,
        limit: Int = 1000
    ) async throws -> [String] {
        try await store.scan(kind, prefix: prefix, after: after, limit: limit).map(\.key.key)
    }

    static let scanningPromises: [Promise] = [
        Promise("a scan is ordered by bytes and stays in its kind") { store async throws in
            try await fill(store)
            #expect(try await names(store) == ordered)
            let records = try await store.scan(kind, prefix: "", after: nil, limit: 1000)
            #expect(records.allSatisfy { $0.value == Array($0.key.key.utf8) && $0.version > 0 })
            #expect(try await store.scan(otherKind, prefix: "", after: nil, limit: 10).count == 1)
            #expect(try await store.scan(RecordKind("none"), prefix: "", after: nil, limit: 10).isEmpty)
        },
        Promise("a prefix picks the keys that begin with it") { store async throws in
            try await fill(store)
            for prefix in ordered + ["a/b/", "y", "\u{1F511}x", "\u{C3}"] {
                let expected = ordered.filter { $0.utf8.starts(with: prefix.utf8) }
                #expect(try await names(store, prefix: prefix) == expected, "prefix \(prefix)")
            }
        },
        Promise("pages of every size give each key once") { store async throws in
            try await fill(store)
            for size in [1, 2, 3, 7, ordered.count, ordered.count + 1] {
                var seen: [String] = []
                var after: String?
                while true {
                    let page = try await names(store, after: after, limit: size)
                    seen += page
                    guard page.count == size, let last = page.last else { break }
                    after = last
                }
                #expect(seen == ordered, "pages of \(size)")
            }
        },
        Promise("a page goes on behind a key that is gone, or never was in the prefix") {
            store async throws in
            try await fill(store)
            _ = try await store.commit([.delete(key("a/b"), expecting: .any)])
            #expect(try await names(store, prefix: "a/", after: "a/b") == ["a/b/c"])
            #expect(try await names(store, prefix: "a/", after: "A") == ["a/", "a/b/c"])
            #expect(try await names(store, prefix: "a/", after: "b").isEmpty)
            #expect(try await names(store, prefix: "a/", after: "a/").first == "a/b/c")
        },
    ]
}
