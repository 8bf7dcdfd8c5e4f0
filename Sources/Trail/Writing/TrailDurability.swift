/// What an append waits for.
package enum TrailDurability: Hashable, Sendable {
    /// The operating system has the record: it survives the end of the process, not a loss of power.
    case operatingSystem
    /// The disk has the record (`fdatasync`).
    case disk
}
