package import Logging
import Rotators
package import SecretsManager

/// All kinds of rotators that this build has.
package struct RotatorKinds: RotatorFactory {
    private let builtIn: BuiltInRotators

    /// - Parameter logger: Where rotators say what an operator should know.
    package init(logger: Logger) {
        builtIn = BuiltInRotators(addresses: JudgedAddresses(), notices: LoggedNotices(logger: logger))
    }

    package func rotator(for registered: RegisteredRotator) throws(RotationFailure) -> any Rotator {
        switch registered.kind {
        case LambdaRotator.kind: try LambdaRotator(registered)
        default: try builtIn.rotator(for: registered)
        }
    }
}

private struct LoggedNotices: RotationNotices {
    let logger: Logger

    func note(_ sentence: String) { logger.warning("\(sentence)") }
}
