package import Operations

/// Takes tags from a trail.
///
/// Source: AWS CloudTrail API Reference, RemoveTags.
package enum RemoveTags: TaggingOperation {
    package static let name = "RemoveTags"
    package static let isReadOnly = false
    package static let errors =
        taggingErrors + [
            "InvalidTagParameterException"
        ]

    package static func check(_ input: Input) throws(CloudTrailError) {
        _ = try input.trailTags("TagsList")
    }
}

// MARK: Wire

extension RemoveTags {
    package static let input: [Member] = [
        .required("ResourceId", .text), .required("TagsList", .cloudTrailTags),
    ]

    package static func resources(in input: Input) -> [String] { [input.requiredString("ResourceId")] }
}
