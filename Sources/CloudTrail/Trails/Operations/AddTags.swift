package import Operations

/// Tags a trail.
///
/// Source: AWS CloudTrail API Reference, AddTags.
package enum AddTags: TaggingOperation {
    package static let name = "AddTags"
    package static let isReadOnly = false
    package static let errors =
        taggingErrors + [
            "InvalidTagParameterException", "TagsLimitExceededException",
        ]

    package static func check(_ input: Input) throws(CloudTrailError) {
        _ = try input.trailTags("TagsList")
    }
}

// MARK: Wire

extension AddTags {
    package static let input: [Member] = [
        .required("ResourceId", .text), .required("TagsList", .cloudTrailTags),
    ]

    package static func resources(in input: Input) -> [String] { [input.requiredString("ResourceId")] }
}
