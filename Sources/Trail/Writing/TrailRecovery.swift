/// A segment that an earlier writer left without its digest, and what was done about it.
package struct TrailRecovery: Hashable, Sendable {
    /// The file's name in the trail's directory.
    package let file: String
    /// The bytes of a record that was not written to its end, and so never acknowledged, that were dropped.
    package let tornBytes: Int
    /// False when the file held no whole record and was removed.
    package let isSealed: Bool
}
