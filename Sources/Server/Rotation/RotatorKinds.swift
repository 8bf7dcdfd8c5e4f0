package import SecretsManager

/// All kinds of rotators that this build has.
package struct RotatorKinds: RotatorFactory {
    package init() {}

    package func rotator(for registered: RegisteredRotator) throws(RotationFailure) -> any Rotator {
        switch registered.kind {
        case LambdaRotator.kind: try LambdaRotator(registered)
        default: throw .permanent("There is no rotator of the kind \(registered.kind).")
        }
    }
}
