import Operations

extension IAMOperations {
    /// Operations on OpenID Connect providers.
    static let ofProviders: [any OperationEntry<IAMService>] = [
        Durable(AddClientIDToOpenIDConnectProvider.self),
        Durable(CreateOpenIDConnectProvider.self),
        Durable(DeleteOpenIDConnectProvider.self),
        Durable(GetOpenIDConnectProvider.self),
        Durable(ListOpenIDConnectProviderTags.self),
        Durable(ListOpenIDConnectProviders.self),
        Durable(RemoveClientIDFromOpenIDConnectProvider.self),
        Durable(TagOpenIDConnectProvider.self),
        Durable(UntagOpenIDConnectProvider.self),
        Durable(UpdateOpenIDConnectProviderThumbprint.self),
    ]

    /// Operations that tell what policies decide.
    static let ofSimulation: [any OperationEntry<IAMService>] = [
        Durable(GetContextKeysForCustomPolicy.self),
        Durable(GetContextKeysForPrincipalPolicy.self),
        Durable(SimulateCustomPolicy.self),
        Durable(SimulatePrincipalPolicy.self),
    ]
}
