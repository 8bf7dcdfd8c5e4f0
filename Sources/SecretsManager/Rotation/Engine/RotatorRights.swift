import AWSProtocol
import Authorization

extension RegisteredRotator {
    /// Who a built-in rotator is to Secrets Manager and KMS while it rotates a secret: it may read and write that
    /// secret, read the secrets that its registration names, and use their keys for that, as far as their policies
    /// leave it to the account.
    func caller(rotating secret: String) throws(RotationFailure) -> Caller {
        let account = locator.account.description
        let role = "strongroom-rotation"
        do throws(PolicyError) {
            return Caller(
                type: .assumedRole,
                arn: "arn:aws:sts::\(account):assumed-role/\(role)/\(locator.name)",
                account: account,
                uniqueID: "\(role):\(locator.name)",
                issuerARN: "arn:aws:iam::\(account):role/\(role)",
                issuerID: role,
                identityPolicies: [try PolicyDocument(parsing: policy(rotating: secret), as: .identity)],
                calledVia: [SecretsManagerService.eventSource]
            )
        } catch {
            throw .permanent("The rights of the rotator cannot be read: \(error)")
        }
    }

    private func policy(rotating secret: String) -> String {
        let via = "secretsmanager.\(locator.region).amazonaws.com"
        var statements = [
            """
            {"Effect":"Allow","Resource":"\(secret)","Action":["secretsmanager:GetSecretValue",\
            "secretsmanager:PutSecretValue","secretsmanager:UpdateSecretVersionStage"]}
            """,
            """
            {"Effect":"Allow","Resource":"*","Action":["kms:Decrypt","kms:GenerateDataKey"],\
            "Condition":{"StringEquals":{"kms:ViaService":"\(via)"}}}
            """,
        ]
        if !readableSecrets.isEmpty {
            let list = readableSecrets.map { "\"\($0)\"" }.joined(separator: ",")
            statements.append(
                #"{"Effect":"Allow","Resource":[\#(list)],"Action":"secretsmanager:GetSecretValue"}"#
            )
        }
        return #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
    }
}
