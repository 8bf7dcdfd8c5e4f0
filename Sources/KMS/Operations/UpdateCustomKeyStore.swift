package import Operations

/// Refuses to change a custom key store.
///
/// Source: AWS KMS API Reference, UpdateCustomKeyStore.
package enum UpdateCustomKeyStore: CustomKeyStoreOperation {
    package static let name = "UpdateCustomKeyStore"
    package static let action = "kms:UpdateCustomKeyStore"
    package static let isReadOnly = false

    package static let input: [Member] = [
        .required("CustomKeyStoreId", .customKeyStoreID),
        .optional("NewCustomKeyStoreName", .customKeyStoreName),
        .optional("KeyStorePassword", .keyStorePassword),
        .optional("CloudHsmClusterId", .cloudHSMCluster),
        .optional("XksProxyUriEndpoint", .proxyURI),
        .optional("XksProxyUriPath", .proxyPath),
        .optional("XksProxyVpcEndpointServiceName", .proxyEndpointService),
        .optional("XksProxyVpcEndpointServiceOwner", .proxyEndpointOwner),
        .optional("XksProxyAuthenticationCredential", .proxyCredential),
        .optional("XksProxyConnectivity", .proxyConnectivity),
    ]
}
