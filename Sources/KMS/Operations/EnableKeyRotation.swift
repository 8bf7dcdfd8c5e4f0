import Authorization
package import Operations

/// Has the material of a key rotated automatically, or changes how often.
///
/// The period counts from the call that sets it; a call that changes nothing leaves the next date as it is.
/// Source: AWS KMS API Reference, EnableKeyRotation.
package enum EnableKeyRotation: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let periodDays: Int
    }

    package static let name = "EnableKeyRotation"
    package static let action = "kms:EnableKeyRotation"
    package static let isReadOnly = false
    package static let errors = [
        "NotFoundException", "DisabledException", "InvalidArnException", "DependencyTimeoutException",
        "KMSInternalException", "KMSInvalidStateException", "UnsupportedOperationException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [
            resources[0].requirement(action, for: call) { [days = request.periodDays] condition in
                condition.name == "kms:rotationperiodindays" ? .single(String(days)) : nil
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        let (days, now) = (call.request.periodDays, call.call.now)
        try await kms.changeFamily(of: call.resource) { family throws(KMSError) in
            try family.key.requireAutomaticRotation()
            try family.key.requireOwnRotation()
            try family.key.requireUsable(at: now)
            guard family.key.rotation?.periodDays != days else { return }
            family.updateAll { $0.rotation = RotationSchedule(periodDays: days, from: now) }
        }
        return NoOutput()
    }
}

// MARK: Wire

extension EnableKeyRotation {
    package static let input: [Member] = [
        .required("KeyId", .keyID),
        .optional("RotationPeriodInDays", .integer(RotationSchedule.periodDaysAllowed)),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            periodDays: input.integer("RotationPeriodInDays") ?? RotationSchedule.periodDaysDefault
        )
    }
}
