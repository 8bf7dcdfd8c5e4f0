/// What a random password is made of.
///
/// Source: Secrets Manager API Reference, GetRandomPassword.
package struct PasswordRules: Hashable, Sendable {
    /// The kinds of characters that a password has, unless they are excluded.
    package enum CharacterType: String, CaseIterable, Hashable, Sendable {
        case lowercase = "abcdefghijklmnopqrstuvwxyz"
        case uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        case numbers = "0123456789"
        case punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    }

    package static let lengthRange = 1...4096
    package static let lengthDefault = 32

    private let length: Int
    /// The characters of each type that is to be used; none is empty.
    private let types: [[Character]]
    private let requiresEachType: Bool

    /// Rules for passwords.
    ///
    /// - Parameters:
    ///   - length: Characters of a password, in `lengthRange`.
    ///   - excluded: Characters that it must not have.
    ///   - excludedTypes: Types of which it must have none.
    ///   - includesSpace: Whether it may have spaces.
    ///   - requiresEachType: Whether it has at least one character of each type.
    /// - Throws: `.invalidParameter` when no password can be made so.
    package init(
        length: Int = lengthDefault,
        excluding excluded: String = "",
        excludedTypes: Set<CharacterType> = [],
        includesSpace: Bool = false,
        requiresEachType: Bool = true
    ) throws(SecretsManagerError) {
        let excluded = Set(excluded)
        var types = CharacterType.allCases.filter { !excludedTypes.contains($0) }.map(\.rawValue)
        if includesSpace { types.append(" ") }
        self.types = types.map { $0.filter { !excluded.contains($0) } }.filter { !$0.isEmpty }.map(Array.init)
        self.length = length
        self.requiresEachType = requiresEachType
        guard Self.lengthRange.contains(length) else {
            throw .invalidParameter("The password length must be between 1 and 4096.")
        }
        guard !self.types.isEmpty else {
            throw .invalidParameter("No characters are left to generate a password from.")
        }
        guard !requiresEachType || length >= self.types.count else {
            throw .invalidParameter(
                "Password length is too short based on the required types."
            )
        }
    }

    /// A password that nobody can tell beforehand, as text.
    package func generate() -> SecretValue {
        var generator = SystemRandomNumberGenerator()
        let all = types.flatMap(\.self)
        func pick(from characters: [Character]) -> Character {
            characters[Int.random(in: characters.indices, using: &generator)]
        }
        var password = requiresEachType ? types.map { pick(from: $0) } : []
        while password.count < length { password.append(pick(from: all)) }
        password.shuffle(using: &generator)
        return SecretValue(.string, Array(String(password).utf8))
    }
}
