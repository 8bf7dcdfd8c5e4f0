package import struct Foundation.Date

/// Makes a value after a template; nobody but the secret's readers need to know of it.
package struct TemplateRotator: Rotator {
    package static let kind = "template"

    private static let templateName = "template"
    /// The most that a secret's value may have.
    private static let valueBytesMax = 65_536

    private let template: ValueTemplate
    private let passwords: PasswordRules

    /// - Throws: `.permanent` for settings that are unknown or wrong, which the reason names.
    package init(_ registered: RegisteredRotator) throws(RotationFailure) {
        let settings = try RotatorSettings(
            registered,
            known: RotatorSettings.passwordNames.union([Self.templateName])
        )
        guard let text = settings.text(Self.templateName) else {
            throw .permanent("The setting \(Self.templateName) is missing.")
        }
        template = try ValueTemplate(text)
        passwords = try settings.passwords()
    }

    package func perform(
        _ step: RotationStep,
        of secret: any RotatingSecret,
        at now: Date
    ) async throws(RotationFailure) {
        switch step {
        case .createSecret:
            guard try await secret.value(.pending) == nil else { return }
            let value = try template.value(replacing: try await secret.value(.current), passwords: passwords)
            guard value.exposingSecret({ $0.count <= Self.valueBytesMax }) else {
                throw .permanent("The template makes a value of more than \(Self.valueBytesMax) bytes.")
            }
            try await secret.putPending(value)
        case .setSecret:
            // Readers of the secret are all that there is to set.
            return
        case .testSecret:
            guard let pending = try await secret.value(.pending) else {
                throw .permanent("The secret has no pending value.")
            }
            guard template.admits(pending) else {
                throw .permanent("The pending value does not have the form of the template.")
            }
        case .finishSecret: try await secret.makePendingCurrent()
        }
    }
}
