package import Operations

/// Changes the settings of a trail.
///
/// Source: AWS CloudTrail API Reference, UpdateTrail.
package enum UpdateTrail: TrailOperation {
    package static let name = "UpdateTrail"
    package static let isReadOnly = false
    package static let errors = trailErrors + TrailSettings.errors

    package static func check(_ input: Input) throws(CloudTrailError) { try TrailSettings.check(input) }
}

// MARK: Wire

extension UpdateTrail {
    package static let input: [Member] =
        [.required("Name", .text), .optional("S3BucketName", .text)] + Shape.trailMembers
}
