package import Operations

/// Shows which events a trail delivers.
///
/// Source: AWS CloudTrail API Reference, GetEventSelectors.
package enum GetEventSelectors: TrailOperation {
    package static let name = "GetEventSelectors"
    package static let isReadOnly = true
    package static let trailMember = "TrailName"
}

// MARK: Wire

extension GetEventSelectors {
    package static let input: [Member] = [.required("TrailName", .text)]
}
