/// A key store that hears of what others change in it.
package protocol WatchedKeyStore: KeyStore {
    /// Tells `onChange` of each key that anybody made or removed, and nil when it may have been any, until the task
    /// is cancelled.
    ///
    /// The first call is with nil, once it hears: what was read before may be old. Failures go to `onFailure`, once
    /// each time that hearing ends.
    func watch(
        _ onChange: @escaping @Sendable (KeyName?) -> Void,
        onFailure: @escaping @Sendable (KeyStoreError) -> Void
    ) async
}
