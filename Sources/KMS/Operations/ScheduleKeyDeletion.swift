import Authorization
package import Operations

/// Starts the waiting period at whose end a key is erased.
///
/// The period of a multi-Region primary with replicas starts when the last of them is erased. Source: AWS KMS
/// API Reference, ScheduleKeyDeletion.
package enum ScheduleKeyDeletion: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let windowDays: Int
    }

    package struct Response: Sendable {
        let key: Key
        let windowDays: Int
    }

    package static let name = "ScheduleKeyDeletion"
    package static let action = "kms:ScheduleKeyDeletion"
    package static let isReadOnly = false
    package static let errors = [
        "NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
        "KMSInvalidStateException",
    ]

    /// What KMS takes of the model's range (`PendingWindowInDays`).
    private static let windowDaysAllowed = 7...30

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        let key = resources[0]
        return [
            key.requirement(action, for: call) { condition in
                condition.name == "kms:schedulekeydeletionpendingwindowindays"
                    ? .single(String(request.windowDays)) : key.usageCondition(condition, at: call.now)
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> Response {
        let days = call.request.windowDays
        let key = try await kms.change(call.resource) { key throws(KMSError) in
            try key.scheduleDeletion(windowDays: days, at: call.call.now)
            return key
        }
        return Response(key: key, windowDays: days)
    }
}

// MARK: Wire

extension ScheduleKeyDeletion {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .optional("PendingWindowInDays", .integer(1...365)),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let days = input.integer("PendingWindowInDays") ?? windowDaysAllowed.upperBound
        guard windowDaysAllowed.contains(days) else {
            let rule =
                days < windowDaysAllowed.lowerBound
                ? "greater than or equal to \(windowDaysAllowed.lowerBound)"
                : "less than or equal to \(windowDaysAllowed.upperBound)"
            throw .validation(
                "1 validation error detected: Value '\(days)' at 'pendingWindowInDays' failed to satisfy "
                    + "constraint: Member must have value \(rule)"
            )
        }
        let key = try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call)
        return Request(key: key.withLastUsage, windowDays: days)
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("KeyId", response.key.arn.description)
        output.timestamp("DeletionDate", response.key.state.deletionDate)
        output.string("KeyState", response.key.state.wireName)
        output.integer("PendingWindowInDays", response.windowDays)
    }
}
