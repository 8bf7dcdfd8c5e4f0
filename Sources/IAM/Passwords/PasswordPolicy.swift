import AWSProtocol
import Operations
import Storage

/// What the passwords of an account's users must be like.
///
/// Source: IAM API Reference, data type PasswordPolicy; IAM User Guide, "Set an account password policy for IAM
/// users", "Default password policy".
package struct PasswordPolicy: Hashable, Sendable, Codable {
    var lengthMin = 6
    var needsSymbol = false
    var needsNumber = false
    var needsUppercase = false
    var needsLowercase = false
    var letsUsersChange = false
    /// Days for which a password may be used; nil for ever.
    var daysMax: Int?
    /// How many earlier passwords a new one must differ from; nil for none.
    var reusePrevention: Int?
    /// Whether a user whose password has expired may not change it itself.
    var hardExpiry = false

    /// Symbols of AWS's policy.
    private static let symbols = "!@#$%^&*()_+-=[]{}|'".unicodeScalars

    /// Whether a password is one that the policy lets users have.
    func allows(_ password: String) -> Bool {
        let kinds = Kinds(password, symbols: Self.symbols)
        return password.unicodeScalars.count >= lengthMin && (!needsSymbol || kinds.symbol)
            && (!needsNumber || kinds.number) && (!needsUppercase || kinds.uppercase)
            && (!needsLowercase || kinds.lowercase)
    }

    /// Where an account has no policy: eight characters, three of the four kinds, and not the user's name.
    static func defaultAllows(_ password: String, of user: User) -> Bool {
        let kinds = Kinds(password, symbols: symbols)
        let count = [kinds.symbol, kinds.number, kinds.uppercase, kinds.lowercase].count { $0 }
        return password.unicodeScalars.count >= 8 && count >= 3 && password != user.nameText
    }

    /// The kinds of characters in a password.
    private struct Kinds {
        var symbol = false
        var number = false
        var uppercase = false
        var lowercase = false

        init(_ password: String, symbols: String.UnicodeScalarView) {
            for scalar in password.unicodeScalars {
                switch scalar {
                case "a"..."z": lowercase = true
                case "A"..."Z": uppercase = true
                case "0"..."9": number = true
                default: symbol = symbol || symbols.contains(scalar)
                }
            }
        }
    }
}

extension RecordKind {
    /// `account`: a `PasswordPolicy`.
    static let passwordPolicy = RecordKind("iam.password-policy")
}

extension PasswordPolicy {
    static func recordKey(_ account: AccountID) -> RecordKey {
        RecordKey(.passwordPolicy, account.description)
    }
}

extension IAMError {
    /// The account has no password policy of its own.
    static func noPasswordPolicy(_ account: AccountID) -> IAMError {
        .noSuchPart("The Password Policy with domain name \(account) cannot be found.")
    }
}

// MARK: Wire

extension PasswordPolicy {
    static let members: [Member] = [
        .optional("MinimumPasswordLength", .integer(6...128)),
        .optional("RequireSymbols", .boolean), .optional("RequireNumbers", .boolean),
        .optional("RequireUppercaseCharacters", .boolean), .optional("RequireLowercaseCharacters", .boolean),
        .optional("AllowUsersToChangePassword", .boolean), .optional("MaxPasswordAge", .integer(1...1095)),
        .optional("PasswordReusePrevention", .integer(1...24)), .optional("HardExpiry", .boolean),
    ]

    /// What is not in the request has its default, as AWS has it.
    init(_ input: Input) {
        lengthMin = input.integer("MinimumPasswordLength") ?? 6
        needsSymbol = input.flag("RequireSymbols")
        needsNumber = input.flag("RequireNumbers")
        needsUppercase = input.flag("RequireUppercaseCharacters")
        needsLowercase = input.flag("RequireLowercaseCharacters")
        letsUsersChange = input.flag("AllowUsersToChangePassword")
        daysMax = input.integer("MaxPasswordAge")
        reusePrevention = input.integer("PasswordReusePrevention")
        hardExpiry = input.flag("HardExpiry")
    }

    func write(into output: inout OutputWriter) {
        output.integer("MinimumPasswordLength", lengthMin)
        output.flag("RequireSymbols", needsSymbol)
        output.flag("RequireNumbers", needsNumber)
        output.flag("RequireUppercaseCharacters", needsUppercase)
        output.flag("RequireLowercaseCharacters", needsLowercase)
        output.flag("AllowUsersToChangePassword", letsUsersChange)
        output.flag("ExpirePasswords", daysMax != nil)
        output.integer("MaxPasswordAge", daysMax)
        output.integer("PasswordReusePrevention", reusePrevention)
        output.flag("HardExpiry", hardExpiry)
    }
}
