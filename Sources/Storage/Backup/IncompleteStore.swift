/// The mark on a store that is being filled: a record that is written first and removed last.
///
/// A store that has it holds a part of what it should, so nothing may serve from it.
package enum IncompleteStore {
    package static let kind = RecordKind("store.incomplete")
    package static let mark = RecordKey(kind, "filling")

    /// What put the mark, in words for the operator, such as `restore`; nil for a store without the mark.
    package static func reason(of store: any RecordStore) async throws(StorageError) -> String? {
        guard let mark = try await store.read(mark) else { return nil }
        return String(decoding: mark.value.prefix(200), as: UTF8.self)
    }
}
