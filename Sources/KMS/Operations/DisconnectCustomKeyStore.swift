package import Operations

/// Refuses to disconnect a custom key store.
///
/// Source: AWS KMS API Reference, DisconnectCustomKeyStore.
package enum DisconnectCustomKeyStore: CustomKeyStoreOperation {
    package static let name = "DisconnectCustomKeyStore"
    package static let action = "kms:DisconnectCustomKeyStore"
    package static let isReadOnly = false

    package static let input: [Member] = [
        .required("CustomKeyStoreId", .customKeyStoreID)
    ]
}
