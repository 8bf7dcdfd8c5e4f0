package import Operations

/// Says which events a trail delivers.
///
/// Source: AWS CloudTrail API Reference, PutEventSelectors.
package enum PutEventSelectors: TrailOperation {
    package static let name = "PutEventSelectors"
    package static let isReadOnly = false
    package static let trailMember = "TrailName"
    package static let errors = trailErrors + ["InvalidEventSelectorsException"]

    package static func check(_ input: Input) throws(CloudTrailError) {
        let basic = input.structures("EventSelectors")
        let advanced = input.structures("AdvancedEventSelectors")
        guard (basic == nil) != (advanced == nil) else {
            throw .invalidEventSelectors(
                "Either event selectors or advanced event selectors must be given, and not both."
            )
        }
        guard (basic ?? []).count <= 5 else {
            throw .invalidEventSelectors("A trail can have up to five event selectors.")
        }
    }
}

// MARK: Wire

extension PutEventSelectors {
    package static let input: [Member] = [
        .required("TrailName", .text), .optional("EventSelectors", .eventSelectors),
        .optional("AdvancedEventSelectors", .advancedEventSelectors),
    ]
}
