/// Whose password a rotation changes.
///
/// Source: Secrets Manager User Guide, "Lambda function rotation strategies".
package enum RotatedUsers: String, CaseIterable, Hashable, Sendable {
    /// The secret's user itself: for a moment clients with the current value are turned away.
    case single
    /// The secret's user and its clone, `NAME_clone`, in turns: the current value works all the time.
    case alternating

    private static let suffix = "_clone"

    /// The user of the next value.
    func user(after current: String, bytesMax: Int) throws(RotationFailure) -> String {
        switch self {
        case .single: return current
        case .alternating:
            if let original = Self.original(of: current) { return original }
            let clone = current + Self.suffix
            guard clone.utf8.count <= bytesMax else {
                throw .permanent(
                    "The user's clone would have a name of \(clone.utf8.count) bytes; \(bytesMax) are the most."
                )
            }
            return clone
        }
    }

    /// How the next user relates to the current one.
    func target(after current: String) -> PasswordChange.Target {
        switch self {
        case .single: .sameUser
        case .alternating: Self.original(of: current) == nil ? .clone : .original
        }
    }

    /// The user whose clone this is; nil for one that is no clone.
    private static func original(of name: String) -> String? {
        guard name.hasSuffix(suffix), name.utf8.count > suffix.utf8.count else { return nil }
        return String(name.dropLast(suffix.count))
    }
}
