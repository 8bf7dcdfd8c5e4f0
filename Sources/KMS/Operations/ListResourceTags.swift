package import Operations

/// Lists the tags of a key.
///
/// Source: AWS KMS API Reference, ListResourceTags.
package enum ListResourceTags: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let limit: Int?
        let marker: String?
    }

    package static let name = "ListResourceTags"
    package static let action = "kms:ListResourceTags"
    package static let isReadOnly = true
    package static let errors = [
        "KMSInternalException", "NotFoundException", "InvalidArnException", "InvalidMarkerException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action, for: call)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Page<Tag> {
        let page = try kms.page(
            limit: call.request.limit,
            marker: call.request.marker,
            default: 50,
            max: 50,
            of: name,
            for: call.call
        )
        // Tags keep their order; a page goes on behind the tag that the last one ended with.
        let tags = call.resource.key.tags
        let start = page.after.flatMap { after in tags.firstIndex { $0.key == after } }.map { $0 + 1 } ?? 0
        return try kms.page(
            Array(tags[start...].prefix(page.limit + 1)),
            page,
            of: name,
            for: call.call,
            position: \.key
        )
    }
}

// MARK: Wire

extension ListResourceTags {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .optional("Limit", .limit), .optional("Marker", .marker),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            limit: input.integer("Limit"),
            marker: input.string("Marker")
        )
    }

    package static func encode(_ response: Page<Tag>, into output: inout OutputWriter) {
        output.objects("Tags", response.elements) { output, tag in
            output.string("TagKey", tag.key)
            output.string("TagValue", tag.value)
        }
        output.pageEnd(response.nextMarker)
    }
}
