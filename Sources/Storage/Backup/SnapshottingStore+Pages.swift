extension SnapshottingStore {
    /// Gives all records as they are at this moment to `body`, page by page, and closes the snapshot.
    ///
    /// `failure` makes the store's error one of the caller's.
    ///
    /// - Throws: What `body` throws, and the store's error as `failure` has it.
    func forEachPage<Failure: Error>(
        _ failure: (StorageError) -> Failure,
        _ body: ([Record]) async throws(Failure) -> Void
    ) async throws(Failure) {
        let snapshot: any RecordSnapshot
        do throws(StorageError) { snapshot = try await self.snapshot() } catch { throw failure(error) }
        do throws(Failure) {
            while true {
                let page: [Record]
                do throws(StorageError) {
                    // Small, since an engine may hold a page of records of the largest size at once.
                    page = try await snapshot.next(limit: 100)
                } catch {
                    throw failure(error)
                }
                if page.isEmpty { break }
                try await body(page)
            }
        } catch {
            await snapshot.close()
            throw error
        }
        await snapshot.close()
    }
}
