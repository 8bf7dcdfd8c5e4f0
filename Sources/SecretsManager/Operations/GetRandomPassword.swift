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
        let rules: PasswordRules
    }

    package static let name = "GetRandomPassword"
    package static let action = "secretsmanager:GetRandomPassword"
    package static let isReadOnly = true
    package static let errors = [
        "InvalidParameterException", "InvalidRequestException", "InternalServiceError",
    ]

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
    ) throws(SecretsManagerError) -> SecretValue {
        call.request.rules.generate()
    }
}

// MARK: Wire

extension GetRandomPassword {
    package static let input: [Member] = [
        .optional("PasswordLength", .integer(PasswordRules.lengthRange)),
        .optional("ExcludeCharacters", .string(length: 0...4096)),
        .optional("ExcludeNumbers", .boolean),
        .optional("ExcludePunctuation", .boolean),
        .optional("ExcludeUppercase", .boolean),
        .optional("ExcludeLowercase", .boolean),
        .optional("IncludeSpace", .boolean),
        .optional("RequireEachIncludedType", .boolean),
    ]

    private static let exclusions: [(flag: String, type: PasswordRules.CharacterType)] = [
        ("ExcludeLowercase", .lowercase), ("ExcludeUppercase", .uppercase),
        ("ExcludeNumbers", .numbers), ("ExcludePunctuation", .punctuation),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(
            account: try call.account(),
            rules: try PasswordRules(
                length: input.integer("PasswordLength") ?? PasswordRules.lengthDefault,
                excluding: input.string("ExcludeCharacters") ?? "",
                excludedTypes: Set(exclusions.filter { input.flag($0.flag) }.map(\.type)),
                includesSpace: input.flag("IncludeSpace"),
                requiresEachType: !input.has("RequireEachIncludedType")
                    || input.flag("RequireEachIncludedType")
            )
        )
    }

    package static func encode(_ response: SecretValue, into output: inout OutputWriter) {
        response.exposingSecret { output.secret("RandomPassword", String(decoding: $0, as: UTF8.self)) }
    }
}
