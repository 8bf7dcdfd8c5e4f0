/// Who is told how the commits of a store went, for metrics and readiness.
package struct StoreObserver: Sendable {
    /// Told how long a commit took, and why it failed if it did; called on any thread, and must not wait.
    package let committed: @Sendable (Duration, StorageError?) -> Void

    package init(committed: @escaping @Sendable (Duration, StorageError?) -> Void) {
        self.committed = committed
    }
}
