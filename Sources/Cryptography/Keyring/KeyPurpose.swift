/// What a key derived from the root key is for; one purpose's key opens nothing of another's.
package enum KeyPurpose: String, CaseIterable, Sendable {
    /// Sealing the values of stored records.
    case records
    /// Wrapping the backing material of keys.
    case material
    /// Naming material without telling anything about it (``KeyMaterialID``).
    case materialIdentity
    /// Wrapping the secrets of access keys.
    case credentials
    case grantTokens
    case importTokens
    case sessionTokens
    /// Sealing what an administrator may learn of a denial.
    case authorizationMessages
    /// Signing the digests of the trail's sealed segments.
    case trailSigning
    /// Sealing the tokens that confirm and end subscriptions to notifications.
    case notificationTokens
    /// Wrapping the key that signs notifications.
    case notificationSigning
    /// Sealing the markers of paged answers.
    case markers
    /// Naming the deployment (``DeploymentID``).
    case deploymentIdentity

    /// The info of HKDF (RFC 5869 section 3.2); a change of it makes all that was sealed unreadable.
    var derivationInfo: [UInt8] { Array("strongroom root 1 \(rawValue)".utf8) }
}
