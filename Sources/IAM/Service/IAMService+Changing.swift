import AWSProtocol
import Storage

/// Changes to entities; each is one atomic commit, conditional on what was read.
extension IAMService {
    /// Commits writes and forgets at once what was made of the records.
    ///
    /// - Throws: `.superseded` when one of the records is not as it was expected.
    func commit(_ writes: [Write]) async throws(IAMError) {
        do throws(StorageError) {
            _ = try await store.commit(writes)
        } catch .conflict {
            throw .superseded
        } catch {
            throw .storage(error)
        }
        for write in writes {
            if case .check = write { continue }
            directory.invalidate(write.key)
        }
    }

    /// Replaces an entity with a changed copy, together with further writes.
    ///
    /// - Throws: What `body` throws; `.superseded` when the entity or another record changed meanwhile.
    @discardableResult
    func change<Subject: NamedRecord>(
        _ kept: Kept<Subject>,
        with writes: [Write] = [],
        _ body: (inout Subject) throws(IAMError) -> Void
    ) async throws(IAMError) -> Subject {
        var entity = kept.value
        try body(&entity)
        if entity == kept.value, writes.isEmpty { return entity }
        try await commit([try put(entity, entity.recordKey, expecting: .version(kept.version))] + writes)
        return entity
    }

    /// Makes an entity, together with further writes.
    ///
    /// - Throws: `.entityExists` when there is one of that name; `.superseded` when another record changed.
    func create(_ entity: some Entity, with writes: [Write] = []) async throws(IAMError) {
        let key = entity.recordKey
        guard try await storing({ () async throws(StorageError) in try await store.read(key) }) == nil else {
            throw .entityExists(entity.locator)
        }
        try await commit(
            [
                try put(entity, key, expecting: .absent),
                try put(EntityPlace(entity), entity.id.recordKey, expecting: .absent),
            ] + writes
        )
    }

    func put(
        _ value: some Encodable,
        _ key: RecordKey,
        expecting expectation: Expectation
    ) throws(IAMError) -> Write {
        let bytes = try coding { () throws(StorageError) in try RecordCoding.encode(value) }
        return .put(key, bytes, expecting: expectation)
    }

    /// All records of a kind whose keys begin with a prefix, in order; `max` bounds how many are read.
    func records(
        _ kind: RecordKind,
        prefix: String,
        after: String? = nil,
        max: Int = .max
    ) async throws(IAMError) -> [Record] {
        var records: [Record] = []
        while records.count < max {
            let last = records.last?.key.key ?? after
            let limit = min(1000, max - records.count)
            let page = try await storing { () async throws(StorageError) in
                try await store.scan(kind, prefix: prefix, after: last, limit: limit)
            }
            records += page
            if page.count < limit { break }
        }
        return records
    }
}

extension IAMService {
    /// Erases an entity as it was read, together with further writes.
    func delete(_ kept: Kept<some Entity>, with writes: [Write] = []) async throws(IAMError) {
        try await commit(
            [
                .delete(kept.value.recordKey, expecting: .version(kept.version)),
                .delete(kept.value.id.recordKey, expecting: .any),
            ] + writes
        )
    }

    /// Replaces an entity with one of another name or path, together with further writes.
    ///
    /// - Throws: `.entityExists` when the name is taken; `.superseded` when a record changed meanwhile.
    func rename<Subject: Entity>(
        _ kept: Kept<Subject>,
        to entity: Subject,
        with writes: [Write] = []
    ) async throws(IAMError) {
        let (old, new) = (kept.value.recordKey, entity.recordKey)
        let place = try put(EntityPlace(entity), entity.id.recordKey, expecting: .any)
        if old == new {
            return try await commit(
                [try put(entity, new, expecting: .version(kept.version)), place] + writes
            )
        }
        guard try await directory.versioned(Subject.self, new) == nil else {
            throw .entityExists(entity.locator)
        }
        try await commit(
            [
                .delete(old, expecting: .version(kept.version)),
                try put(entity, new, expecting: .absent),
                place,
            ] + writes
        )
    }
}
