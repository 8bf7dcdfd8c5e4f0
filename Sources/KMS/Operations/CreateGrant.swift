import AWSProtocol
import Authorization
import Cryptography
import Foundation
package import Operations
import Storage

/// Lets a principal use a key for chosen operations, apart from its policy.
///
/// With a name it is idempotent: the same grant keeps its id, and each call gives a fresh token.
/// Source: AWS KMS API Reference, CreateGrant.
package enum CreateGrant: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let grantee: String
        let retiringPrincipal: String?
        let operations: [GrantOperation]
        let constraints: KeyGrant.Constraints?
        let name: String?
        let options: CryptographicOptions
    }

    package struct Response: Sendable {
        let token: String
        let id: GrantID
    }

    package static let name = "CreateGrant"
    package static let action = "kms:CreateGrant"
    package static let isReadOnly = false
    package static let errors = [
        "NotFoundException", "DisabledException", "DependencyTimeoutException", "InvalidArnException",
        "KMSInternalException", "InvalidGrantTokenException", "LimitExceededException",
        "KMSInvalidStateException", "DryRunOperationException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        let pairs = request.constraints?.equals ?? request.constraints?.subset
        return [
            resources[0].requirement(
                action,
                for: call,
                fromOtherAccounts: true,
                context: pairs.map { EncryptionContext($0.map { (key: $0.key, value: $0.value) }) },
                own: { request.conditionValues(for: $0, by: call) }
            )
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> Response {
        let request = call.request
        let key = call.resource.key
        try key.requireUsable(at: call.call.now)
        guard key.grantableOperations.isSuperset(of: request.operations) else {
            throw .validation("One or more of the operations cannot be granted on \(key.arn).")
        }
        guard request.constraints == nil || key.spec.isSymmetricEncryption else {
            throw .validation("Grant constraints can be used only with symmetric encryption KMS keys.")
        }
        guard call.resource.snapshot.grants.count < KeyGrant.perKeyMax else {
            throw .limitExceeded("A KMS key can have at most \(KeyGrant.perKeyMax) grants.")
        }
        let granteeID = try await kms.requirePrincipal(request.grantee)
        var retiringID: String?
        if let retiring = request.retiringPrincipal { retiringID = try await kms.requirePrincipal(retiring) }
        let grant = KeyGrant(
            id: .random(),
            key: key.locator,
            name: request.name,
            createdAt: call.call.now,
            grantee: request.grantee,
            granteeID: granteeID,
            retiringPrincipal: request.retiringPrincipal,
            retiringID: retiringID,
            issuingAccount: try call.call.account(),
            operations: request.operations,
            constraints: request.constraints
        )
        try requireWithinParent(grant, call)
        try kms.proceed(request.options)
        let id = try await kms.store(grant)
        return Response(token: try kms.sealGrantToken(id, on: key.locator, at: call.call.now), id: id)
    }

    /// Whoever may make grants only by a grant can hand on no more than that grant gives.
    private static func requireWithinParent(_ grant: KeyGrant, _ call: Authorized<Self>) throws(KMSError) {
        guard case .allowed(.grant(let id)) = call.decisions[0] else { return }
        let parent = call.resource.snapshot.grants.first { $0.id.description == id }
        guard let parent, parent.permitsChild(grant) else {
            throw .denied(
                "User: \(call.call.caller.arn) is not authorized to perform: kms:CreateGrant on resource: "
                    + "\(call.resource.snapshot.arn) because the grant that allows the kms:CreateGrant action "
                    + "does not allow all of the new grant"
            )
        }
    }
}

extension CreateGrant.Request {
    /// The condition keys of CreateGrant.
    fileprivate func conditionValues(for condition: ConditionKey, by call: Call) -> ConditionValues? {
        switch condition.name {
        case "kms:grantconstrainttype":
            constraints.map {
                .single($0.equals == nil ? "EncryptionContextSubset" : "EncryptionContextEquals")
            }
        case "kms:grantisforawsresource": .bool(call.invokedBy != nil)
        case "kms:grantoperations": .multiple(operations.map(\.rawValue))
        case "kms:granteeprincipal": .single(grantee)
        case "kms:granteeserviceprincipal": Self.service(grantee)
        case "kms:retiringprincipal": retiringPrincipal.map { .single($0) }
        case "kms:retiringserviceprincipal": retiringPrincipal.flatMap { Self.service($0) }
        default: nil
        }
    }

    /// A principal that is a service, as in `s3.amazonaws.com`; nil for any other.
    private static func service(_ principal: String) -> ConditionValues? {
        guard case .service(let name) = PrincipalPattern(grantee: principal) else { return nil }
        return .single(name)
    }
}

extension KeyManagementService {
    /// The unique id of a principal that must exist; nil for those that have none, as services.
    ///
    /// - Throws: `.invalidARN` for text that names no principal, or one that is not there.
    func requirePrincipal(_ text: String) async throws(KMSError) -> String? {
        guard let principal = PrincipalPattern(grantee: text) else { throw .invalidARN(text) }
        switch await principals.status(of: principal) {
        case .exists(let uniqueID): return uniqueID
        case .absent: throw .invalidARN(text)
        case .unknown(let reason): throw .storage(.unavailable(reason: reason))
        }
    }

    /// Stores a grant; one with a name that is there already, with the same content, is kept instead.
    fileprivate func store(_ grant: KeyGrant) async throws(KMSError) -> GrantID {
        var writes: [Write] = [
            .put(grant.recordKey, try RecordCodec.encode(grant), expecting: .absent)
        ]
        if let retirable = grant.retirableRecordKey { writes.append(.put(retirable, [], expecting: .any)) }
        let nameKey = grant.nameRecordKey
        if let nameKey {
            if let existing = try await grantID(named: nameKey) { return existing }
            writes.append(.put(nameKey, Array(grant.id.description.utf8), expecting: .absent))
        }
        do throws(KMSError) {
            // The key's record is read with the grant's write, so that no grant outlives its key.
            try await commit([grant.key]) { [writes] transaction throws(KMSError) in
                let key = try transaction.key(grant.key)
                try key.requireNotPendingDeletion()
                for write in writes { transaction.write(write) }
            }
        } catch {
            guard case .storage(.conflict) = error, let nameKey,
                let existing = try await grantID(named: nameKey)
            else { throw error }
            return existing
        }
        return grant.id
    }

    private func grantID(named key: RecordKey) async throws(KMSError) -> GrantID? {
        let record = try await storing { () async throws(StorageError) in try await store.read(key) }
        return record.flatMap { GrantID(String(decoding: $0.value, as: UTF8.self)) }
    }
}

// MARK: Wire

extension CreateGrant {
    package static let input: [Member] =
        [
            .required("KeyId", .keyID),
            .required("GranteePrincipal", .principal),
            .optional("RetiringPrincipal", .principal),
            .required("Operations", .list(.enumeration(GrantOperation.allCases.map(\.rawValue)))),
            .optional(
                "Constraints",
                .structure([
                    .optional("EncryptionContextSubset", .map), .optional("EncryptionContextEquals", .map),
                ])
            ),
            .optional("Name", .grantName),
        ] + CryptographicOptions.members

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            grantee: input.requiredString("GranteePrincipal"),
            retiringPrincipal: input.string("RetiringPrincipal"),
            operations: (input.strings("Operations") ?? []).compactMap { GrantOperation(rawValue: $0) },
            constraints: try KeyGrant.Constraints(input.structure("Constraints")),
            name: input.string("Name"),
            options: CryptographicOptions(input)
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.secret("GrantToken", response.token)
        output.string("GrantId", response.id.description)
    }
}
