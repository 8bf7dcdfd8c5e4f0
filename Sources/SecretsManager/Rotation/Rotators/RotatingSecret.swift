/// A secret in the middle of its rotation, as a rotator sees it.
///
/// Reading and writing are operations of Secrets Manager with the rights of the rotator's registration, checked and
/// recorded like anybody's. Failures of theirs are told apart as ``RotationFailure`` does.
package protocol RotatingSecret: Sendable {
    var arn: String { get }
    /// The id of the version that is being made, and the `ClientRequestToken` of all steps.
    var token: String { get }
    /// What a function shows with its writes to prove that it acts for this rotation.
    var rotationToken: String { get }

    /// The value of the version with a label.
    ///
    /// - Returns: Nil when no version has the label, or, for `.pending`, when its value was not put yet.
    func value(_ label: RotationLabel) async throws(RotationFailure) -> SecretValue?

    /// Gives the pending version its value.
    ///
    /// A version keeps its first value: another one afterwards is a permanent failure, the same once more is none.
    func putPending(_ value: SecretValue) async throws(RotationFailure)

    /// The current value of another secret of the same account and Region, such as the one that `masterarn` names.
    ///
    /// - Throws: `.permanent` when there is none, or the registration does not give the right to read it.
    func currentValue(of secret: String) async throws(RotationFailure) -> SecretValue

    /// Moves AWSCURRENT to the pending version, and AWSPREVIOUS to where it was; nothing when that is done.
    ///
    /// - Throws: `.permanent` before the last step.
    func makePendingCurrent() async throws(RotationFailure)
}

/// The versions that a rotator reads.
package enum RotationLabel: String, CaseIterable, Hashable, Sendable {
    case current = "AWSCURRENT"
    case previous = "AWSPREVIOUS"
    /// The version of the rotation's token; no other version, whatever its label.
    case pending = "AWSPENDING"
}
