package import Operations

/// The operations of Secrets Manager: all that the service model has.
package enum SecretsManagerOperations {
    package static let table = OperationTable<SecretsManagerService>([
        Durable(BatchGetSecretValue.self),
        Durable(CancelRotateSecret.self),
        Durable(CreateSecret.self),
        Durable(DeleteResourcePolicy.self),
        Durable(DeleteSecret.self),
        Immediate(DescribeSecret.self),
        Immediate(GetRandomPassword.self),
        Immediate(GetResourcePolicy.self),
        Immediate(GetSecretValue.self),
        Immediate(ListSecretVersionIds.self),
        Durable(ListSecrets.self),
        Durable(PutResourcePolicy.self),
        Durable(PutSecretValue.self),
        Durable(RemoveRegionsFromReplication.self),
        Durable(ReplicateSecretToRegions.self),
        Durable(RestoreSecret.self),
        Durable(RotateSecret.self),
        Durable(StopReplicationToReplica.self),
        Durable(TagResource.self),
        Durable(UntagResource.self),
        Durable(UpdateSecret.self),
        Durable(UpdateSecretVersionStage.self),
        Durable(ValidateResourcePolicy.self),
    ])
}
