import Cryptography
import KES
import Testing

extension KeyStoreSuite {
    /// What any key store keeps.
    package static let promises: [Promise] = [
        Promise("gives back the bytes it was given") { store in
            let name = try KeyName("my-key")
            let all = value(String(repeating: "aB3/+=\n", count: 30))
            try await store.create(name, all)
            #expect(try await store.value(name).isEqual(to: all))
        },
        Promise("keeps what is there when the name is taken") { store in
            let name = try KeyName("my-key")
            try await store.create(name, value("first"))
            #expect(
                await failure { () throws(KeyStoreError) in try await store.create(name, value("second")) }
                    == .exists
            )
            #expect(try await store.value(name).isEqual(to: value("first")))
        },
        Promise("has nothing under a name that was never used") { store in
            let name = try KeyName("nothing")
            #expect(await failure { () throws(KeyStoreError) in try await store.value(name) } == .missing)
            #expect(await failure { () throws(KeyStoreError) in try await store.delete(name) } == .missing)
        },
        Promise("forgets what is deleted, and takes the name again") { store in
            let name = try KeyName("my-key")
            try await store.create(name, value("first"))
            try await store.delete(name)
            #expect(await failure { () throws(KeyStoreError) in try await store.value(name) } == .missing)
            #expect(await failure { () throws(KeyStoreError) in try await store.delete(name) } == .missing)
            #expect(try await names(store) == [])
            try await store.create(name, value("second"))
            #expect(try await store.value(name).isEqual(to: value("second")))
        },
        Promise("lists each name once, and none with another prefix") { store in
            let all = (0..<230).map { "my-key-\($0)" } + ["my", "other", "My-key", "_my", "m"]
            for name in all { try await store.create(try KeyName(name), value(name)) }
            #expect(try await names(store) == all.sorted())
            #expect(try await names(store, prefix: "my") == all.filter { $0.hasPrefix("my") }.sorted())
            #expect(try await names(store, prefix: "nobody") == [])
        },
        Promise("tells names apart by case, and takes the longest") { store in
            let long = String(repeating: "a", count: 80)
            for name in ["key", "KEY", long] { try await store.create(try KeyName(name), value(name)) }
            for name in ["key", "KEY", long] {
                #expect(try await store.value(try KeyName(name)).isEqual(to: value(name)))
            }
        },
        Promise("lets exactly one of several make a key") { store in
            let name = try KeyName("contested")
            let winners = await withTaskGroup(of: Int?.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        await failure { () throws(KeyStoreError) in
                            try await store.create(name, value("value \(number)"))
                        } == nil ? number : nil
                    }
                }
                var winners: [Int] = []
                for await winner in group { winners += winner.map { [$0] } ?? [] }
                return winners
            }
            #expect(winners.count == 1)
            let winner = try #require(winners.first)
            #expect(try await store.value(name).isEqual(to: value("value \(winner)")))
        },
        Promise("says that it answers") { store in
            #expect(await failure { () throws(KeyStoreError) in try await store.latency() } == nil)
        },
    ]
}
