import AWSProtocol
import Authorization
package import Operations

/// Tells whether a resource policy could be attached, and what speaks against it.
///
/// Source: Secrets Manager API Reference, ValidateResourcePolicy.
package enum ValidateResourcePolicy: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID?
        let account: AccountID
        let policy: String
    }

    package struct Finding: Sendable {
        let check: String
        let message: String
    }

    package static let name = "ValidateResourcePolicy"
    package static let action = "secretsmanager:ValidateResourcePolicy"
    package static let isReadOnly = true
    package static let errors = [
        "MalformedPolicyDocumentException", "ResourceNotFoundException", "InvalidParameterException",
        "InternalServiceError", "InvalidRequestException",
    ]

    package static func references(in request: Request) -> [SecretReference] {
        request.secret.map { [SecretReference($0)] } ?? []
    }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedSecret],
        for call: Call
    ) -> [Requirement] {
        [resources.first?.requirement(action) ?? .anySecret(action, in: request.account)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> [Finding] {
        let policy: PolicyDocument
        do throws(SecretsManagerError) {
            policy = try await secrets.checkedPolicy(call.request.policy).compiled()
        } catch .malformedPolicy(let text) {
            return [Finding(check: "POLICY_SYNTAX", message: text)]
        }
        var findings: [Finding] = []
        if policy.allowsEveryone {
            findings.append(
                Finding(
                    check: "BLOCK_PUBLIC_POLICY",
                    message: "The policy grants broad access to the secret."
                )
            )
        }
        if let resolved = call.resources.first, locksOut(call.call, policy, resolved) {
            findings.append(
                Finding(
                    check: "PREVENT_LOCKOUT",
                    message: "The policy would prevent you from managing the secret's policy."
                )
            )
        }
        return findings
    }

    /// Whether the caller could change the policy now, and no more once it is in force.
    private static func locksOut(
        _ call: Call,
        _ policy: PolicyDocument,
        _ resolved: ResolvedSecret
    ) -> Bool {
        let change = resolved.requirement(PutResourcePolicy.action)
        let after = Requirement(
            PutResourcePolicy.action,
            on: ProtectedResource(
                arn: resolved.arn,
                account: resolved.secret.locator.account,
                type: SecretLocator.resourceType,
                policy: policy
            ),
            conditions: change.conditions,
            allowsOtherAccounts: true
        )
        return change.isMet(by: call) && !after.isMet(by: call)
    }
}

// MARK: Wire

extension ValidateResourcePolicy {
    package static let input: [Member] = [
        .optional("SecretId", .secretID), .required("ResourcePolicy", .resourcePolicy),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(
            secret: try input.string("SecretId").map { text throws(SecretsManagerError) in
                try SecretID(text, for: call)
            },
            account: try call.account(),
            policy: input.requiredString("ResourcePolicy")
        )
    }

    package static func encode(_ response: [Finding], into output: inout OutputWriter) {
        output.flag("PolicyValidationPassed", response.isEmpty)
        output.objects("ValidationErrors", response) { output, finding in
            output.string("CheckName", finding.check)
            output.string("ErrorMessage", finding.message)
        }
    }
}
