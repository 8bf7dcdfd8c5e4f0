import Cryptography

/// Sealing records anew under the current root key, in batches beside those who use them.
extension SealedStore {
    /// How far a pass over the records of a kind has come.
    package struct ResealingProgress: Hashable, Sendable {
        package var records = 0
        /// Those that were under another root key than the current one.
        package var outdated = 0

        package init() {}

        package static func += (total: inout ResealingProgress, more: ResealingProgress) {
            total.records += more.records
            total.outdated += more.outdated
        }
    }

    /// So many records at most are read and committed at a time.
    private static let batchMax = 200
    /// How often a batch in which others changed a record is tried again.
    private static let attemptsMax = 32

    /// Counts the records of a kind, and those under another root key than the current one; reads all of them.
    package func countOutdated(_ kind: RecordKind) async throws(StorageError) -> ResealingProgress {
        try await walk(kind) { page throws(StorageError) in
            var progress = ResealingProgress()
            progress.records = page.count
            progress.outdated = outdated(page).count
            return progress
        }
    }

    /// Seals the records of a kind anew that are under another root key than the current one.
    ///
    /// Each batch is a commit that names the versions it read, so nothing that others write meanwhile is
    /// lost; after an interruption the next call goes on with what is left.
    ///
    /// - Throws: `.corrupted` naming a record that does not open; those before it are done.
    package func reseal(_ kind: RecordKind) async throws(StorageError) -> ResealingProgress {
        try await walk(kind) { page throws(StorageError) in
            var progress = ResealingProgress()
            progress.records = page.count
            progress.outdated = try await reseal(page)
            return progress
        }
    }

    private func walk(
        _ kind: RecordKind,
        _ body: ([Record]) async throws(StorageError) -> ResealingProgress
    ) async throws(StorageError) -> ResealingProgress {
        var total = ResealingProgress()
        var after: String?
        while true {
            let page = try await base.scan(kind, prefix: "", after: after, limit: Self.batchMax)
            total += try await body(page)
            guard page.count == Self.batchMax else { return total }
            after = page.last?.key.key
        }
    }

    /// - Returns: How many records it sealed anew.
    private func reseal(_ page: [Record]) async throws(StorageError) -> Int {
        var rest = outdated(page)
        var attempt = 1
        while !rest.isEmpty {
            let opened = try await open(rest)
            do throws(StorageError) {
                _ = try await commit(
                    opened.map { .put($0.key, $0.value, expecting: .version($0.version)) }
                )
                return rest.count
            } catch .conflict where attempt < Self.attemptsMax {
                attempt += 1
                // What others wrote meanwhile they sealed under the current key, most likely.
                rest = outdated(try await base.read(rest.map(\.key)).compactMap { $0 })
            }
        }
        return 0
    }

    private func outdated(_ page: [Record]) -> [Record] {
        let current = keyring.current.currentVersion
        return page.filter { KeyWrap.rootVersion(of: $0.value) != current }
    }
}
