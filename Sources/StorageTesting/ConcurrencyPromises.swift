import Storage
import Testing

extension RecordStoreSuite {
    private static let racers = 8

    static let concurrencyPromises: [Promise] = [
        Promise("of eight tasks that replace one version exactly one wins") { store async throws in
            var version = try await version(of: put("a", "start"), in: store)
            for round in 0..<10 {
                let expected = version
                let wins = await winners { racer in
                    [
                        put("a", "\(round) by \(racer)", .version(expected)),
                        put("log/\(round)/\(racer)", "won"),
                    ]
                }
                #expect(wins.count == 1, "round \(round)")
                let record = try #require(try await store.read(key("a")))
                #expect(record.value == Array("\(round) by \(wins.first ?? -1)".utf8))
                #expect(record.version > version)
                version = record.version
                let logged = try await store.scan(kind, prefix: "log/\(round)/", after: nil, limit: 10)
                #expect(logged.map(\.key.key) == wins.map { "log/\(round)/\($0)" })
            }
            func winners(_ batch: @escaping @Sendable (Int) -> [Write]) async -> [Int] {
                await race(on: store, batch)
            }
        },
        Promise("of eight tasks that create one record exactly one wins") { store async throws in
            let wins = await race(on: store) { [put("a", "\($0)", .absent)] }
            #expect(wins.count == 1)
            #expect(try await store.read(key("a"))?.value == Array("\(wins.first ?? -1)".utf8))
        },
        Promise("eight tasks that count up with retries lose no count") { store async throws in
            _ = try await store.commit([.put(key("counter"), [0], expecting: .absent)])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<racers {
                    group.addTask { for _ in 0..<10 { try await increment(in: store) } }
                }
                try await group.waitForAll()
            }
            #expect(try await store.read(key("counter"))?.value == [UInt8(racers * 10)])
            #expect(try await store.latestChange() == Int64(racers * 10 + 1))
        },
        Promise("a reader of two records never sees half a batch") { store async throws in
            _ = try await store.commit([put("left", "0"), put("right", "0")])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 1...50 {
                        _ = try await store.commit([put("left", "\(round)"), put("right", "\(round)")])
                    }
                }
                group.addTask {
                    for _ in 0..<100 {
                        let pair = try await store.read([key("left"), key("right")])
                        #expect(pair[0]?.value == pair[1]?.value)
                    }
                }
                try await group.waitForAll()
            }
        },
        Promise("many tasks commit at once, and each finds its own result") { store async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let version = try await version(of: put("\(number)", "\(number)"), in: store)
                        let record = try #require(try await store.read(key("\(number)")))
                        #expect(record.version == version && record.value == Array("\(number)".utf8))
                    }
                }
                try await group.waitForAll()
            }
            let changes = try await store.changes(after: 0, limit: 1000)
            #expect(changes.map(\.sequence) == Array(1...200))
            #expect(Set(changes.map(\.key)).count == 200)
        },
    ]

    /// Lets eight tasks commit at once and gives those that succeeded; any other failure than a conflict
    /// counts as an issue.
    private static func race(
        on store: any RecordStore,
        _ batch: @escaping @Sendable (Int) -> [Write]
    ) async -> [Int] {
        await withTaskGroup(of: Int?.self) { group in
            for racer in 0..<racers {
                group.addTask {
                    let error = await failure { () throws(StorageError) in
                        try await store.commit(batch(racer))
                    }
                    switch error {
                    case nil: return racer
                    case .conflict(let loser):
                        #expect(loser == key("a"))
                        return nil
                    case let other?:
                        Issue.record("a racer failed: \(other)")
                        return nil
                    }
                }
            }
            var winners: [Int] = []
            for await winner in group { if let winner { winners.append(winner) } }
            return winners
        }
    }

    private static func increment(in store: any RecordStore) async throws {
        while true {
            let record = try #require(try await store.read(key("counter")))
            let write = Write.put(
                record.key,
                [try #require(record.value.first) + 1],
                expecting: .version(record.version)
            )
            let error = await failure { () throws(StorageError) in try await store.commit([write]) }
            guard let error else { return }
            guard case .conflict = error else { throw error }
        }
    }
}
