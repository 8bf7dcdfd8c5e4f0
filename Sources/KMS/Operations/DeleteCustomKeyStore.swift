package import Operations

/// Refuses to delete a custom key store.
///
/// Source: AWS KMS API Reference, DeleteCustomKeyStore.
package enum DeleteCustomKeyStore: CustomKeyStoreOperation {
    package static let name = "DeleteCustomKeyStore"
    package static let action = "kms:DeleteCustomKeyStore"
    package static let isReadOnly = false

    package static let input: [Member] = [
        .required("CustomKeyStoreId", .customKeyStoreID)
    ]
}
