package import Operations

/// Removes a trail.
///
/// Source: AWS CloudTrail API Reference, DeleteTrail.
package enum DeleteTrail: TrailOperation {
    package static let name = "DeleteTrail"
    package static let isReadOnly = false
}

// MARK: Wire

extension DeleteTrail {
    package static let input: [Member] = [.required("Name", .text)]
}
