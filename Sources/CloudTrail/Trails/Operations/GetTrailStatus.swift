package import Operations

/// Shows whether a trail delivers, and when it last did.
///
/// Source: AWS CloudTrail API Reference, GetTrailStatus.
package enum GetTrailStatus: TrailOperation {
    package static let name = "GetTrailStatus"
    package static let isReadOnly = true
}

// MARK: Wire

extension GetTrailStatus {
    package static let input: [Member] = [.required("Name", .text)]
}
