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

// MARK: Audit

extension RegisteredRotator {
    /// Settings whose values the trail may have; of a template, which can hold parts of values, it has the name alone.
    private static let toldSettings = RotatorSettings.passwordNames.union([
        "users", "hosts", "ca-file", "reset-lost-passwords", "timeout-seconds",
    ])
    /// Whose path is not told: some addresses are secret by it.
    private static let addressSetting = "endpoint"

    /// What the trail is told of a registration, without anything that could be secret.
    var auditDetails: [String: String] {
        let texts = settings.sorted { $0.key < $1.key }.map { name, value in
            if Self.toldSettings.contains(name) { return "\(name)=\(value)" }
            guard name == Self.addressSetting else { return name }
            let parts = value.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
            return "\(name)=\(parts.prefix(3).joined(separator: "/"))"
        }
        var details = ["Kind": kind]
        if !texts.isEmpty { details["Settings"] = texts.joined(separator: ", ") }
        if !readableSecrets.isEmpty { details["MayRead"] = readableSecrets.joined(separator: ", ") }
        return details
    }
}

/// Makes rotators of what is registered; it knows the kinds.
package protocol RotatorFactory: Sendable {
    /// The rotator of a registration.
    ///
    /// - Throws: `.permanent` for a kind that this build does not have, or settings that the kind refuses; the reason
    ///   names the setting.
    func rotator(for registered: RegisteredRotator) throws(RotationFailure) -> any Rotator
}
