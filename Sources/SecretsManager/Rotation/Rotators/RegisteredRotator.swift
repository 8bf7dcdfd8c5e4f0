package import struct Foundation.Date

/// A rotator that an operator registered: what RotateSecret's `RotationLambdaARN` names.
package struct RegisteredRotator: Hashable, Sendable, Codable {
    /// Where it is registered: no two of an account and Region have the same name.
    package let locator: RotatorLocator
    /// Which rotator it is, such as `lambda` or `postgresql`; each kind has its own settings.
    package let kind: String
    /// What the kind needs to know, opaque to all but the kind; passwords are in secrets, not here.
    package let settings: [String: String]
    /// The secrets besides the rotating one whose current value it may read, by ARN.
    package let readableSecrets: [String]
    package let createdAt: Date

    package init(
        locator: RotatorLocator,
        kind: String,
        settings: [String: String],
        readableSecrets: [String] = [],
        createdAt: Date
    ) {
        self.locator = locator
        self.kind = kind
        self.settings = settings
        self.readableSecrets = readableSecrets
        self.createdAt = createdAt
    }

    package var arn: String { locator.arn }
}

/// Makes rotators of what is registered; it knows the kinds.
package protocol RotatorFactory: Sendable {
    /// The rotator of a registration.
    ///
    /// - Throws: `.permanent` for a kind that this build does not have, or settings that the kind refuses; the reason
    ///   names the setting.
    func rotator(for registered: RegisteredRotator) throws(RotationFailure) -> any Rotator
}
