package import Storage
import Testing

extension RecordStoreSuite {
    static let feedPromises: [Promise] = [
        Promise("the feed names every change once, in the order of the commits") { store async throws in
            _ = try await store.commit([put("a", "one"), put("b", "two")])
            _ = try await store.commit([.delete(key("a"), expecting: .any)])
            _ = await conflict(of: [put("b", "lost"), put("b", "lost", .absent)], in: store)
            _ = try await store.commit([put("b", "three"), .check(key("a"), expecting: .absent)])
            let changes = try await store.changes(after: 0, limit: 100)
            #expect(changes.map(\.key) == [key("a"), key("b"), key("a"), key("b")])
            #expect(changes.map(\.deleted) == [false, false, true, false])
            let first = try #require(changes.first?.sequence)
            #expect(changes.map(\.sequence) == Array(first..<(first + 4)))
            #expect(try await store.latestChange() == changes.last?.sequence)
            #expect(try await store.read(key("b"))?.version == changes.last?.version)
        },
        Promise("the feed pages, and ends at the latest change") { store async throws in
            for number in 0..<10 { _ = try await store.commit([put("\(number)", "x")]) }
            let all = try await store.changes(after: 0, limit: 1000)
            var seen: [Change] = []
            while true {
                let page = try await store.changes(after: seen.last?.sequence ?? 0, limit: 3)
                seen += page
                guard page.count == 3 else { break }
            }
            #expect(seen == all && all.count == 10)
            let latest = try await store.latestChange()
            #expect(try await store.changes(after: latest, limit: 1).isEmpty)
            #expect(try await store.changes(after: latest + 100, limit: 1).isEmpty)
        },
        Promise("a change in the feed tells a kind and a key exactly") { store async throws in
            let odd = RecordKey(otherKind, "e\u{301}\0/\u{1F511}")
            _ = try await store.commit([.put(odd, [1], expecting: .any)])
            let change = try #require(try await store.changes(after: 0, limit: 1).first)
            #expect(change.key == odd && !change.deleted)
        },
        Promise("waiting for a change ends with the time given, or with the task") { store async throws in
            let began = ContinuousClock.now
            await store.awaitChange(after: 0, upTo: .milliseconds(20))
            let waiting = Task { await store.awaitChange(after: 0, upTo: .seconds(36_000)) }
            waiting.cancel()
            await waiting.value
            // The bound tells waiting from not waiting, and nothing about speed.
            #expect(began.duration(to: .now) < .seconds(18_000))
        },
    ]

    /// What a store does whose feed keeps `changesKept` changes, within the slack that it may take to trim.
    package static func checkTrimming(
        of store: any RecordStore,
        changesKept: Int64,
        slack: Int64
    ) async throws {
        let total = changesKept + 3 * slack
        for start in stride(from: 0, to: total, by: 100) {
            _ = try await store.commit((start..<min(start + 100, total)).map { put("\($0)", "x") })
        }
        #expect(try await store.latestChange() == total)
        let error = await failure { () throws(StorageError) in try await store.changes(after: 0, limit: 10) }
        guard case .changesTrimmed(let oldest) = error else {
            Issue.record("expected a trimmed feed, got \(String(describing: error))")
            return
        }
        #expect(oldest > 1 && oldest <= total - changesKept + 1)
        #expect(oldest > total - changesKept - slack)
        let rest = try await store.changes(after: oldest - 1, limit: 1)
        #expect(rest.first?.sequence == oldest)
        let next = try await version(of: put("next", "x"), in: store)
        #expect(next == total + 1)
    }
}
