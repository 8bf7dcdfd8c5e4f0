package import Operations

/// Lets a trail deliver.
///
/// Source: AWS CloudTrail API Reference, StartLogging.
package enum StartLogging: TrailOperation {
    package static let name = "StartLogging"
    package static let isReadOnly = false
}

// MARK: Wire

extension StartLogging {
    package static let input: [Member] = [.required("Name", .text)]
}
