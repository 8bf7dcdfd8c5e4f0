package import Operations

/// An operation on the tags of trails, which are named by their ARNs alone.
///
/// The caller needs the permission for each of them; then they are found not to be there.
package protocol TaggingOperation: DurableOperation
where Service == CloudTrailService, Request == [TrailLocator], Response == NoOutput {
    static func resources(in input: Input) -> [String]

    /// Checks what else a request says.
    static func check(_ input: Input) throws(CloudTrailError)
}

extension TaggingOperation {
    package static var action: String { "cloudtrail:\(name)" }

    /// The errors that all operations on tags have.
    package static var taggingErrors: [String] {
        [
            "ResourceNotFoundException", "CloudTrailARNInvalidException", "ResourceTypeNotSupportedException",
            "InvalidTrailNameException",
        ]
    }

    package static func request(from input: Input, for call: Call) throws(CloudTrailError) -> [TrailLocator] {
        var trails: [TrailLocator] = []
        for text in resources(in: input) { trails.append(try TrailLocator(tagged: text)) }
        guard !trails.isEmpty, trails.count <= 20 else { throw .invalidARN("") }
        try check(input)
        return trails
    }

    package static func references(in request: [TrailLocator]) -> [TrailLocator] { [] }

    package static func requirements(
        of request: [TrailLocator],
        on resources: [DeliveryTrail],
        for call: Call
    ) -> [Requirement] {
        request.map { trail in
            Requirement(
                action,
                on: ProtectedResource(
                    arn: trail.arn,
                    account: trail.account,
                    type: TrailLocator.resourceType
                ),
                conditions: NoConditions()
            )
        }
    }

    package static func run(
        _ call: Authorized<Self>,
        in service: CloudTrailService
    ) async throws(CloudTrailError) -> NoOutput {
        throw .resourceNotFound(call.request.first?.arn ?? "")
    }
}

extension TrailLocator {
    /// Reads the ARN of something that may have tags.
    ///
    /// - Throws: `.resourceTypeNotSupported` for what CloudTrail has besides trails; else `.invalidARN`.
    init(tagged text: String) throws(CloudTrailError) {
        let others = [":eventdatastore/", ":channel/", ":dashboard/"]
        if text.hasPrefix("arn:"), others.contains(where: { text.contains($0) }) {
            throw .resourceTypeNotSupported(String(text.prefix(256)))
        }
        try self.init(arn: text)
    }
}

extension Input {
    /// The tags of a request's list.
    ///
    /// - Throws: `.invalidTag` for tags that are given twice or reserved, `.tagsLimitExceeded`.
    func trailTags(_ name: String) throws(CloudTrailError) -> [ResourceTag] {
        let tags = (structures(name) ?? []).map {
            ResourceTag(key: $0.requiredString("Key"), value: $0.string("Value") ?? "")
        }
        guard Set(tags.map(\.key)).count == tags.count else {
            throw .invalidTag("Duplicate tag keys found in the request.")
        }
        guard tags.count <= ResourceTag.perResourceMax else { throw .tagsLimitExceeded }
        guard !tags.contains(where: { $0.key.lowercased().hasPrefix("aws:") }) else {
            throw .invalidTag("Tag keys that begin with aws: are reserved.")
        }
        return tags
    }
}
