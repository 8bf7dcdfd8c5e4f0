/// Where the present root keyring is had from: a keyring that never changes, or one shared with other nodes.
package protocol KeyringSource: Sendable {
    /// The keyring as far as it is known here; never waits for anything but a lock held for an instant.
    var current: RootKeyring { get }

    /// Takes in what other processes did to the keyring.
    ///
    /// - Returns: Whether there was anything new.
    /// - Throws: The reason, for the log, for which it cannot be known.
    func refresh() async throws(KeyringUnavailable) -> Bool
}

/// Why the present keyring cannot be had; its reason is for the log.
package struct KeyringUnavailable: Error, Equatable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

/// A keyring is a source of itself, in which nothing is ever new.
extension RootKeyring: KeyringSource {
    package var current: RootKeyring { self }

    package func refresh() async throws(KeyringUnavailable) -> Bool { false }
}
