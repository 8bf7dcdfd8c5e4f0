package import Operations

/// An operation that adds tags to an entity.
package protocol EntityTagging: EntityOperation where Request == TagRequest, Response == NoOutput {}

/// An operation that removes tags from an entity.
package protocol EntityUntagging: EntityOperation where Request == UntagRequest, Response == NoOutput {}

/// An operation that lists the tags of an entity.
package protocol EntityTagListing: EntityOperation
where Request == SubjectPageRequest, Response == Page<EntityTag> {}

package struct TagRequest: NamingRequest {
    package let subject: IAMReference
    let tags: [String: String]
}

package struct UntagRequest: NamingRequest {
    package let subject: IAMReference
    let keys: [String]
}

/// The request of an operation that lists what belongs to one entity.
package struct SubjectPageRequest: NamingRequest {
    package let subject: IAMReference
    let page: PageInput
}

package struct EntityTag: Hashable, Sendable {
    let key: String
    let value: String
}

extension EntityTagging {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> TagRequest {
        TagRequest(subject: try Subject.reference(in: input, for: call), tags: try input.tags())
    }

    package static func conditions(of request: TagRequest) -> RequestConditions {
        RequestConditions(requestTags: request.tags)
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.change(try call.changeable()) { subject throws(IAMError) in
            try subject.tags.addTags(call.request.tags)
        }
        return NoOutput()
    }
}

extension EntityUntagging {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> UntagRequest {
        UntagRequest(
            subject: try Subject.reference(in: input, for: call),
            keys: input.strings("TagKeys") ?? []
        )
    }

    package static func conditions(of request: UntagRequest) -> RequestConditions {
        RequestConditions(tagKeys: request.keys)
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.change(try call.changeable()) { $0.tags.removeTags(call.request.keys) }
        return NoOutput()
    }
}

extension EntityTagListing {
    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectPageRequest {
        SubjectPageRequest(subject: try Subject.reference(in: input, for: call), page: PageInput(input))
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<EntityTag> {
        let tags = try call.entity().value.tags.map { EntityTag(key: $0.key, value: $0.value) }
        return try iam.page(ofAll: tags, call.request.page, of: name, for: call.call) { $0.key }
    }

    package static func encode(_ response: Page<EntityTag>, into output: inout OutputWriter) {
        output.tags(response.elements.map { ($0.key, $0.value) })
        output.pageEnd(response.marker)
    }
}
