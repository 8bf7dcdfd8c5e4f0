package import Operations

/// Refuses to create a custom key store.
///
/// Source: AWS KMS API Reference, CreateCustomKeyStore.
package enum CreateCustomKeyStore: CustomKeyStoreOperation {
    package static let name = "CreateCustomKeyStore"
    package static let action = "kms:CreateCustomKeyStore"
    package static let isReadOnly = false

    package static let input: [Member] = [
        .required("CustomKeyStoreName", .customKeyStoreName),
        .optional("CloudHsmClusterId", .cloudHSMCluster),
        .optional("TrustAnchorCertificate", .string(length: 1...5000)),
        .optional("KeyStorePassword", .keyStorePassword),
        .optional("CustomKeyStoreType", .enumeration(["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])),
        .optional("XksProxyUriEndpoint", .proxyURI),
        .optional("XksProxyUriPath", .proxyPath),
        .optional("XksProxyVpcEndpointServiceName", .proxyEndpointService),
        .optional("XksProxyVpcEndpointServiceOwner", .proxyEndpointOwner),
        .optional("XksProxyAuthenticationCredential", .proxyCredential),
        .optional("XksProxyConnectivity", .proxyConnectivity),
    ]
}
