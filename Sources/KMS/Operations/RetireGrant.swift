import Authorization
package import Operations

/// Gives a grant back, as the one it was made for.
///
/// The grant itself says who may: its retiring principal, its grantee if it names RetireGrant, and the account
/// that made it. Source: AWS KMS API Reference, RetireGrant.
package enum RetireGrant: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        /// Nil when the token names the grant.
        let grantID: String?
        let isDryRun: Bool
    }

    package static let name = "RetireGrant"
    package static let action = "kms:RetireGrant"
    package static let isReadOnly = false
    package static let errors = [
        "InvalidArnException", "InvalidGrantTokenException", "InvalidGrantIdException", "NotFoundException",
        "DependencyTimeoutException", "KMSInternalException", "KMSInvalidStateException",
        "DryRunOperationException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        let key = resources[0]
        let grant = key.snapshot.grants.first {
            $0.id.description == (request.grantID ?? key.grant?.description)
        }
        // Without a grant there is nothing to retire: who has the permission learns so, others are denied.
        let resource = ProtectedResource(
            arn: key.snapshot.arn,
            account: key.key.account,
            type: KeyARN.resourceType,
            delegation: grant == nil ? .notRequired : .required,
            grants: grant?.retirementGrants
        )
        return [
            Requirement(
                action,
                on: resource,
                conditions: KeyConditions(call, key: key.snapshot),
                allowsOtherAccounts: true
            )
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        guard let id = call.request.grantID ?? call.resource.grant?.description else {
            throw .invalidGrantToken
        }
        let grant = try call.resource.snapshot.grant(id)
        if call.request.isDryRun { throw .dryRun }
        try await kms.erase(grant)
        return NoOutput()
    }
}

// MARK: Wire

extension RetireGrant {
    package static let input: [Member] = [
        .optional("GrantToken", .grantToken),
        .optional("KeyId", .keyID),
        .optional("GrantId", .grantID),
        .optional("DryRun", .boolean),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let isDryRun = input.flag("DryRun")
        switch (input.string("GrantToken"), input.string("KeyId"), input.string("GrantId")) {
        case (let token?, nil, nil):
            return Request(key: .grantToken(token), grantID: nil, isDryRun: isDryRun)
        case (nil, let key?, let grantID?):
            return Request(
                key: try KeyReference(key, accepting: .keyOnly, for: call),
                grantID: grantID,
                isDryRun: isDryRun
            )
        default:
            throw .validation("Specify either a grant token, or a key ARN and a grant ID.")
        }
    }
}
