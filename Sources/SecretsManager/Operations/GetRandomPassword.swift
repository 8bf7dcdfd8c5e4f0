import AWSProtocol
import Authorization
package import Operations

/// Makes a password of random characters.
///
/// Source: Secrets Manager API Reference, GetRandomPassword.
package enum GetRandomPassword: ImmediateOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let account: AccountID
        let length: Int
        /// The characters of each type that is to be used.
        let types: [[Character]]
        let requiresEachType: Bool
    }

    package static let name = "GetRandomPassword"
    package static let action = "secretsmanager:GetRandomPassword"
    package static let isReadOnly = true
    package static let errors = [
        "InvalidParameterException", "InvalidRequestException", "InternalServiceError",
    ]

    private static let lengthDefault = 32

    package static func references(in request: Request) -> [SecretReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedSecret],
        for call: Call
    ) -> [Requirement] {
        [.anySecret(action, in: request.account)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) throws(SecretsManagerError) -> String {
        let request = call.request
        var generator = SystemRandomNumberGenerator()
        let all = request.types.flatMap(\.self)
        func pick(from characters: [Character]) -> Character {
            characters[Int.random(in: characters.indices, using: &generator)]
        }
        var password = request.requiresEachType ? request.types.map { pick(from: $0) } : []
        while password.count < request.length { password.append(pick(from: all)) }
        password.shuffle(using: &generator)
        return String(password)
    }
}

// MARK: Wire

extension GetRandomPassword {
    package static let input: [Member] = [
        .optional("PasswordLength", .integer(1...4096)),
        .optional("ExcludeCharacters", .string(length: 0...4096)),
        .optional("ExcludeNumbers", .boolean),
        .optional("ExcludePunctuation", .boolean),
        .optional("ExcludeUppercase", .boolean),
        .optional("ExcludeLowercase", .boolean),
        .optional("IncludeSpace", .boolean),
        .optional("RequireEachIncludedType", .boolean),
    ]

    private static let types: [(exclusion: String, characters: String)] = [
        ("ExcludeLowercase", "abcdefghijklmnopqrstuvwxyz"),
        ("ExcludeUppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ("ExcludeNumbers", "0123456789"),
        ("ExcludePunctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        let excluded = Set(input.string("ExcludeCharacters") ?? "")
        var types = types.filter { !input.flag($0.exclusion) }.map(\.characters)
        if input.flag("IncludeSpace") { types.append(" ") }
        let left = types.map { $0.filter { !excluded.contains($0) } }.filter { !$0.isEmpty }.map(Array.init)
        let length = input.integer("PasswordLength") ?? lengthDefault
        let requiresEachType = !input.has("RequireEachIncludedType") || input.flag("RequireEachIncludedType")
        guard !left.isEmpty else {
            throw .invalidParameter("No characters are left to generate a password from.")
        }
        guard !requiresEachType || length >= left.count else {
            throw .invalidParameter(
                "The password length is too short for the number of character types that are required."
            )
        }
        return Request(
            account: try call.account(),
            length: length,
            types: left,
            requiresEachType: requiresEachType
        )
    }

    package static func encode(_ response: String, into output: inout OutputWriter) {
        output.secret("RandomPassword", response)
    }
}
