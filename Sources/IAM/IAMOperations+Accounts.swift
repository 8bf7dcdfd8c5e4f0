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

    /// Operations on the account as a whole, and on passwords.
    static let ofAccounts: [any OperationEntry<IAMService>] = [
        Durable(ChangePassword.self),
        Durable(CreateAccountAlias.self),
        Durable(CreateLoginProfile.self),
        Durable(DeleteAccountAlias.self),
        Durable(DeleteAccountPasswordPolicy.self),
        Durable(DeleteLoginProfile.self),
        Durable(GenerateCredentialReport.self),
        Durable(GetAccountAuthorizationDetails.self),
        Durable(GetAccountPasswordPolicy.self),
        Durable(GetAccountSummary.self),
        Durable(GetCredentialReport.self),
        Durable(GetLoginProfile.self),
        Durable(ListAccountAliases.self),
        Durable(UpdateAccountPasswordPolicy.self),
        Durable(UpdateLoginProfile.self),
    ]

    /// Operations that tell what policies decide.
    static let ofSimulation: [any OperationEntry<IAMService>] = [
        Durable(GetContextKeysForCustomPolicy.self),
        Durable(GetContextKeysForPrincipalPolicy.self),
        Durable(SimulateCustomPolicy.self),
        Durable(SimulatePrincipalPolicy.self),
    ]
}
