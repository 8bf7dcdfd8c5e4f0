/// How long keys stay in memory; zero turns a rule off.
package struct CacheExpiry: Hashable, Sendable {
    /// All keys are dropped this often.
    package var any: Duration
    /// A key that was not used for this long is dropped.
    package var unused: Duration
    /// While the key store does not answer, keys are kept and dropped this often; zero keeps the other rules.
    package var offline: Duration

    /// The documented defaults.
    package init(any: Duration = .seconds(300), unused: Duration = .seconds(30), offline: Duration = .zero) {
        self.any = any
        self.unused = unused
        self.offline = offline
    }
}
