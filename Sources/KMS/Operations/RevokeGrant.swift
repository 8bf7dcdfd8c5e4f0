import Authorization
package import Operations

/// Takes a grant back, as an administrator of its key.
///
/// Source: AWS KMS API Reference, RevokeGrant.
package enum RevokeGrant: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let grantID: String
        let isDryRun: Bool
    }

    package static let name = "RevokeGrant"
    package static let action = "kms:RevokeGrant"
    package static let isReadOnly = false
    package static let errors = [
        "NotFoundException", "DependencyTimeoutException", "InvalidArnException", "InvalidGrantIdException",
        "KMSInternalException", "KMSInvalidStateException", "DryRunOperationException",
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
                fromOtherAccounts: true,
                own: { $0.name == "kms:grantisforawsresource" ? .bool(call.invokedBy != nil) : nil }
            )
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        let grant = try call.resource.snapshot.grant(call.request.grantID)
        if call.request.isDryRun { throw .dryRun }
        try await kms.erase(grant)
        return NoOutput()
    }
}

extension KeySnapshot {
    /// A grant on this key.
    ///
    /// - Throws: `.invalidGrantID` for text that is no id, `.grantNotFound` for a grant that is not there.
    func grant(_ text: String) throws(KMSError) -> KeyGrant {
        guard let id = GrantID(text) else { throw .invalidGrantID }
        guard let grant = grants.first(where: { $0.id == id }) else { throw .grantNotFound(id) }
        return grant
    }
}

extension KeyManagementService {
    /// Erases a grant with its index records.
    func erase(_ grant: KeyGrant) async throws(KMSError) {
        try await commit([grant.key]) { transaction throws(KMSError) in
            for write in grant.erasure { transaction.write(write) }
        }
    }
}

// MARK: Wire

extension RevokeGrant {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .required("GrantId", .grantID), .optional("DryRun", .boolean),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            grantID: input.requiredString("GrantId"),
            isDryRun: input.flag("DryRun")
        )
    }
}
