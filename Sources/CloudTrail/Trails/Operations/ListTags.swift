package import Operations

/// Lists the tags of trails.
///
/// Source: AWS CloudTrail API Reference, ListTags.
package enum ListTags: TaggingOperation {
    package static let name = "ListTags"
    package static let isReadOnly = true
    package static let errors = taggingErrors + ["InvalidTokenException"]

    package static func check(_ input: Input) throws(CloudTrailError) {
        guard input.string("NextToken") == nil else { throw .invalidToken }
    }
}

// MARK: Wire

extension ListTags {
    package static let input: [Member] = [
        .required("ResourceIdList", .list(.text)), .optional("NextToken", .text),
    ]

    package static func resources(in input: Input) -> [String] { input.strings("ResourceIdList") ?? [] }
}
