package import Operations

/// The operations of AWS IAM that this deployment has.
package enum IAMOperations {
    package static let table = OperationTable<IAMService>([
        Durable(CreateGroup.self),
        Durable(CreatePolicy.self),
        Durable(CreateRole.self),
        Durable(CreateUser.self),
        Durable(GetUser.self),
        Durable(ListGroups.self),
        Durable(ListRoles.self),
        Durable(ListUsers.self),
    ])
}
