package import Operations

/// Keeps a trail from delivering; the audit trail goes on.
///
/// Source: AWS CloudTrail API Reference, StopLogging.
package enum StopLogging: TrailOperation {
    package static let name = "StopLogging"
    package static let isReadOnly = false
}

// MARK: Wire

extension StopLogging {
    package static let input: [Member] = [.required("Name", .text)]
}
