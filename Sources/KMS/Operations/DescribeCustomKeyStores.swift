package import Operations

/// Refuses to describe custom key stores.
///
/// Source: AWS KMS API Reference, DescribeCustomKeyStores.
package enum DescribeCustomKeyStores: CustomKeyStoreOperation {
    package static let name = "DescribeCustomKeyStores"
    package static let action = "kms:DescribeCustomKeyStores"
    package static let isReadOnly = true

    package static let input: [Member] = [
        .optional("CustomKeyStoreId", .customKeyStoreID),
        .optional("CustomKeyStoreName", .customKeyStoreName),
        .optional("Limit", .limit),
        .optional("Marker", .marker),
    ]
}
