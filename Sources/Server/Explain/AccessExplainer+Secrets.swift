import AWSProtocol
import Authorization
import KMS
import Operations
import SecretsManager

extension AccessExplainer {
    /// A secret with its policy, and the key that its value is encrypted under where the action needs that too.
    func secret(of question: AccessQuestion) async throws(ExplainError) -> ExplainedResource {
        let arn = question.resource
        guard let region = arn.region else { throw .question("\(arn) names no Region.") }
        let access: SecretAccess?
        do throws(SecretsManagerError) {
            access = try await SecretsManagerService.access(
                question.action,
                to: arn,
                version: question.value(of: "secretsmanager:VersionId"),
                stage: question.value(of: "secretsmanager:VersionStage"),
                for: nobody(in: region),
                in: store
            )
        } catch .secretNotFound {
            throw .question("\(arn) is not the ARN of a secret.")
        } catch .storage(let error) {
            throw .failed("The store failed: \(error)")
        } catch {
            throw .absent(error.wire.message ?? error.wire.code)
        }
        guard let access else { throw .absent("There is no secret \(arn).") }
        var resource = ExplainedResource(
            protected: access.requirement.resource,
            conditions: access.requirement.conditions,
            region: region,
            crossesAccounts: access.requirement.allowsOtherAccounts
        )
        if let use = access.keyUse { resource.need = try await need(use, question, in: region) }
        return resource
    }

    private func need(
        _ use: SecretAccess.KeyUse,
        _ question: AccessQuestion,
        in region: Region
    ) async throws(ExplainError) -> ExplainedResource.Need {
        let key = try await key(use.key, in: region)
        guard let arn = ARN(key.protected.arn) else { throw .failed("\(key.protected.arn) is no ARN.") }
        return ExplainedResource.Need(
            question: AccessQuestion(
                action: use.action,
                resource: arn,
                encryptionContext: use.encryptionContext,
                conditions: question.conditions
            ),
            service: SecretsManagerService.eventSource,
            resource: key
        )
    }
}

extension AccessQuestion {
    /// The only value that a condition key was given.
    fileprivate func value(of key: String) -> String? {
        guard case .single(let value)? = conditions[ConditionKey(key)] else { return nil }
        return value
    }
}
