package import Operations

/// Refuses to connect a custom key store.
///
/// Source: AWS KMS API Reference, ConnectCustomKeyStore.
package enum ConnectCustomKeyStore: CustomKeyStoreOperation {
    package static let name = "ConnectCustomKeyStore"
    package static let action = "kms:ConnectCustomKeyStore"
    package static let isReadOnly = false

    package static let input: [Member] = [
        .required("CustomKeyStoreId", .customKeyStoreID)
    ]
}
