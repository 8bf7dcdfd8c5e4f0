package import Operations

/// Adds tags to a key, or changes the values of those it has.
///
/// Source: AWS KMS API Reference, TagResource.
package enum TagResource: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let tags: [Tag]
    }

    package static let name = "TagResource"
    package static let action = "kms:TagResource"
    package static let isReadOnly = false
    package static let errors = [
        "KMSInternalException", "NotFoundException", "InvalidArnException", "KMSInvalidStateException",
        "LimitExceededException", "TagException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [
            resources[0].requirement(
                action,
                for: call,
                own: { [tags = request.tags] in tags.conditionValues(for: $0) }
            )
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        try await kms.change(call.resource) { key throws(KMSError) in
            try key.requireNotPendingDeletion()
            for tag in call.request.tags {
                if let index = key.tags.firstIndex(where: { $0.key == tag.key }) {
                    key.tags[index].value = tag.value
                } else {
                    key.tags.append(tag)
                }
            }
            guard key.tags.count <= Tag.perKeyMax else { throw .tag(.tooMany) }
        }
        return NoOutput()
    }
}

// MARK: Wire

extension TagResource {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .required("Tags", .tags),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            tags: try [Tag](input.structures("Tags") ?? [])
        )
    }
}
