/// The four steps of a rotation, in their order; each may come more than once and must end well every time.
///
/// Source: Secrets Manager User Guide, "Lambda rotation functions", "Four steps in a rotation function".
package enum RotationStep: String, CaseIterable, Hashable, Sendable, Codable {
    /// Makes the new value and puts it under AWSPENDING, unless it is there already.
    case createSecret
    /// Brings the pending value into force at whatever the secret opens.
    case setSecret
    /// Proves that the pending value works.
    case testSecret
    /// Moves AWSCURRENT to the new version.
    case finishSecret

    /// The step after this one; nil after the last.
    var next: RotationStep? {
        switch self {
        case .createSecret: .setSecret
        case .setSecret: .testSecret
        case .testSecret: .finishSecret
        case .finishSecret: nil
        }
    }
}
