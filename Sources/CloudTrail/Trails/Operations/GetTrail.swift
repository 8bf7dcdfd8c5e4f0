package import Operations

/// Shows the settings of a trail.
///
/// Source: AWS CloudTrail API Reference, GetTrail.
package enum GetTrail: TrailOperation {
    package static let name = "GetTrail"
    package static let isReadOnly = true
}

// MARK: Wire

extension GetTrail {
    package static let input: [Member] = [.required("Name", .text)]
}
