/// Where the material of a key comes from.
package enum KeyOrigin: String, Hashable, Sendable, Codable, CaseIterable {
    case awsKMS = "AWS_KMS"
    case external = "EXTERNAL"
    case awsCloudHSM = "AWS_CLOUDHSM"
    case externalKeyStore = "EXTERNAL_KEY_STORE"
}

/// Who manages a key.
package enum KeyManager: String, Hashable, Sendable, Codable {
    /// A key of `alias/aws/…`, made on first use.
    case aws = "AWS"
    case customer = "CUSTOMER"
}
