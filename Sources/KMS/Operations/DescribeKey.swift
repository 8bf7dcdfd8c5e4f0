package import Operations

/// Answers with everything about a key but its policy, grants and tags.
///
/// Source: AWS KMS API Reference, DescribeKey.
package enum DescribeKey: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
    }

    package static let name = "DescribeKey"
    package static let action = "kms:DescribeKey"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action, for: call, fromOtherAccounts: true)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Key {
        call.resource.key
    }
}

// MARK: Wire

extension DescribeKey {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .optional("GrantTokens", .grantTokens),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(key: try KeyReference(input.requiredString("KeyId"), for: call))
    }

    package static func encode(_ response: Key, into output: inout OutputWriter) {
        output.keyMetadata("KeyMetadata", of: response)
    }
}
