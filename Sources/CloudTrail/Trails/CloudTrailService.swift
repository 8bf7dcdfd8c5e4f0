package import Cryptography
package import Operations
package import Trail

/// CloudTrail over the audit trail of this node: its event history, and trails.
///
/// A trail of CloudTrail delivers events to an S3 bucket. This deployment has no S3, so there is none, and
/// ``DeliveryTrail`` has no value: what is asked of a trail is answered with its absence, and making one with
/// that of the bucket. The audit trail itself needs none of them.
package final class CloudTrailService: OperationService {
    package static let eventSource = "cloudtrail.amazonaws.com"

    let index: TrailIndex
    /// Names the trail in tokens: each node has its own.
    let trail: TrailID
    private let keyringSource: any KeyringSource
    let labour: LabourPool

    /// The root keyring as it is now.
    var keyring: RootKeyring { keyringSource.current }

    package init(
        index: TrailIndex,
        keyring: any KeyringSource,
        labour: LabourPool = .shared
    ) {
        self.index = index
        trail = index.trail
        keyringSource = keyring
        self.labour = labour
    }

    package func resident(
        _ reference: TrailLocator,
        for call: Call
    ) throws(CloudTrailError) -> DeliveryTrail? {
        throw .trailNotFound(reference)
    }

    package func load(
        _ reference: TrailLocator,
        for call: Call
    ) async throws(CloudTrailError) -> DeliveryTrail {
        throw .trailNotFound(reference)
    }
}

/// A trail that delivers to a bucket; there are no buckets, so there is no such trail.
package enum DeliveryTrail: Sendable {}
