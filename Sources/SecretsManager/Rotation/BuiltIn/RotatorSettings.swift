/// The settings of a registration, read by name; each failure names the setting.
package struct RotatorSettings: Sendable {
    private let values: [String: String]

    /// - Throws: `.permanent` for a setting that the kind does not have.
    package init(_ registered: RegisteredRotator, known: Set<String>) throws(RotationFailure) {
        let unknown = Set(registered.settings.keys).subtracting(known).sorted()
        guard let first = unknown.first else {
            values = registered.settings
            return
        }
        throw .permanent("A rotator of the kind \(registered.kind) has no setting \(first).")
    }

    package func text(_ name: String) -> String? { values[name] }

    /// The parts of a text between commas.
    package func list(_ name: String) -> [String] {
        (values[name] ?? "").split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    package func flag(_ name: String) throws(RotationFailure) -> Bool {
        switch values[name] {
        case nil, "false": false
        case "true": true
        default: throw .permanent("The setting \(name) is neither true nor false.")
        }
    }

    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        otherwise: Choice
    ) throws(RotationFailure) -> Choice where Choice.RawValue == String {
        guard let text = values[name] else { return otherwise }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: " or ")
            throw .permanent("The setting \(name) is not \(all).")
        }
        return choice
    }
}

// MARK: Passwords

extension RotatorSettings {
    /// The names that ``passwords()`` reads.
    package static let passwordNames: Set<String> = [
        "password-length", "exclude-characters", "exclude-lowercase", "exclude-uppercase", "exclude-numbers",
        "exclude-punctuation",
    ]

    /// What connection strings, shells and JSON give a meaning of their own.
    private static let excludedDefault = ":/@\"'\\"

    /// What passwords are made of.
    package func passwords() throws(RotationFailure) -> PasswordRules {
        var length = PasswordRules.lengthDefault
        if let text = values["password-length"] {
            guard let number = Int(text), PasswordRules.lengthRange.contains(number) else {
                let (least, most) = (
                    PasswordRules.lengthRange.lowerBound, PasswordRules.lengthRange.upperBound
                )
                throw .permanent("The setting password-length is no number from \(least) to \(most).")
            }
            length = number
        }
        var excludedTypes: Set<PasswordRules.CharacterType> = []
        if try flag("exclude-lowercase") { excludedTypes.insert(.lowercase) }
        if try flag("exclude-uppercase") { excludedTypes.insert(.uppercase) }
        if try flag("exclude-numbers") { excludedTypes.insert(.numbers) }
        if try flag("exclude-punctuation") { excludedTypes.insert(.punctuation) }
        do throws(SecretsManagerError) {
            return try PasswordRules(
                length: length,
                excluding: values["exclude-characters"] ?? Self.excludedDefault,
                excludedTypes: excludedTypes
            )
        } catch {
            throw .permanent("No password of \(length) characters can be made of what the settings leave.")
        }
    }
}
