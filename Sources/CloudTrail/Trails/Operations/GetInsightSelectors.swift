package import Operations

/// Shows for which unusual activity a trail is watched.
///
/// A trail that is not watched is told by `InsightNotEnabledException`; there is no trail. Source: AWS CloudTrail
/// API Reference, GetInsightSelectors.
package enum GetInsightSelectors: TrailOperation {
    package static let name = "GetInsightSelectors"
    package static let isReadOnly = true
    package static let trailMember = "TrailName"
    package static let errors =
        trailErrors + ["InvalidParameterException", "InvalidParameterCombinationException"]

    package static func check(_ input: Input) throws(CloudTrailError) {
        guard input.string("EventDataStore") == nil else {
            throw .invalidParameterCombination("TrailName and EventDataStore cannot be given together.")
        }
    }
}

// MARK: Wire

extension GetInsightSelectors {
    package static let input: [Member] = [
        .optional("TrailName", .text),
        .optional("EventDataStore", .lakeARN),
    ]
}
