package import Operations

/// Lists the policies of a key: always the one called default.
///
/// Source: AWS KMS API Reference, ListKeyPolicies.
package enum ListKeyPolicies: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let limit: Int?
        let marker: String?
    }

    package static let name = "ListKeyPolicies"
    package static let action = "kms:ListKeyPolicies"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
        "KMSInvalidStateException",
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
    ) throws(KMSError) -> [String] {
        _ = try kms.page(
            limit: call.request.limit,
            marker: call.request.marker,
            default: 100,
            max: 1000,
            of: name,
            for: call.call
        )
        return [KeyPolicy.name]
    }
}

// MARK: Wire

extension ListKeyPolicies {
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

    package static func encode(_ response: [String], into output: inout OutputWriter) {
        output.strings("PolicyNames", response)
        output.pageEnd(nil)
    }
}
