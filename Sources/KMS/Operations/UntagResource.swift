import Authorization
package import Operations

/// Removes tags from a key; those it does not have are ignored.
///
/// Source: AWS KMS API Reference, UntagResource.
package enum UntagResource: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let tagKeys: [String]
    }

    package static let name = "UntagResource"
    package static let action = "kms:UntagResource"
    package static let isReadOnly = false
    package static let errors = [
        "KMSInternalException", "NotFoundException", "InvalidArnException", "KMSInvalidStateException",
        "TagException",
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
                own: { [keys = request.tagKeys] in $0.global == .tagKeys ? .multiple(keys) : nil }
            )
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        try await kms.change(call.resource) { key throws(KMSError) in
            try key.requireNotPendingDeletion()
            key.tags.removeAll { call.request.tagKeys.contains($0.key) }
        }
        return NoOutput()
    }
}

// MARK: Wire

extension UntagResource {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .required("TagKeys", .tagKeys),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let tagKeys = input.strings("TagKeys") ?? []
        try [Tag].check(tagKeys)
        return Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            tagKeys: tagKeys
        )
    }
}
