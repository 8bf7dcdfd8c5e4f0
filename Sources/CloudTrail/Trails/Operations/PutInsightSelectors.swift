package import Operations

/// Has a trail watched for unusual activity.
///
/// A trail that is not watched is told by `InsightNotEnabledException`; there is no trail. Source: AWS CloudTrail
/// API Reference, PutInsightSelectors.
package enum PutInsightSelectors: TrailOperation {
    package static let name = "PutInsightSelectors"
    package static let isReadOnly = false
    package static let trailMember = "TrailName"
    package static let errors =
        trailErrors + [
            "InvalidParameterException", "InvalidParameterCombinationException",
            "InvalidInsightSelectorsException",
        ]

    package static func check(_ input: Input) throws(CloudTrailError) {
        guard input.string("EventDataStore") == nil && input.string("InsightsDestination") == nil else {
            throw .invalidParameterCombination("TrailName and EventDataStore cannot be given together.")
        }
        let types = (input.structures("InsightSelectors") ?? []).map { $0.string("InsightType") }
        guard !types.contains(nil), Set(types).count == types.count else {
            throw .invalidInsightSelectors("Every insight selector must have an insight type of its own.")
        }
    }
}

// MARK: Wire

extension PutInsightSelectors {
    package static let input: [Member] = [
        .optional("TrailName", .text), .required("InsightSelectors", .insightSelectors),
        .optional("EventDataStore", .lakeARN), .optional("InsightsDestination", .lakeARN),
    ]
}
