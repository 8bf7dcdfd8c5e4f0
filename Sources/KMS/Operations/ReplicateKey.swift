import AWSProtocol
import Authorization
import Cryptography
package import Operations

import struct Foundation.Date

/// Makes a replica of a multi-Region primary key in another Region.
///
/// A replica of imported material has none of its own until the same is imported there. Source: AWS KMS API
/// Reference, ReplicateKey.
package enum ReplicateKey: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let account: AccountID
        let region: Region
        let policy: String?
        let bypassesLockoutCheck: Bool
        let description: String
        let tags: [Tag]
    }

    package static let name = "ReplicateKey"
    package static let action = "kms:ReplicateKey"
    package static let isReadOnly = false
    package static let errors = [
        "AlreadyExistsException", "DisabledException", "InvalidArnException", "KMSInvalidStateException",
        "KMSInternalException", "LimitExceededException", "MalformedPolicyDocumentException",
        "NotFoundException", "TagException", "UnsupportedOperationException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        let primary = resources[0]
        let replicate = primary.requirement(action, for: call) { condition in
            switch condition.name {
            case "kms:replicaregion": .single(request.region.description)
            case "kms:bypasspolicylockoutsafetycheck": .bool(request.bypassesLockoutCheck)
            default: request.tags.conditionValues(for: condition)
            }
        }
        let actions = request.tags.isEmpty ? ["kms:CreateKey"] : ["kms:CreateKey", "kms:TagResource"]
        return [replicate]
            + actions.map { action in
                .account(
                    action,
                    for: call,
                    in: request.account,
                    region: request.region,
                    own: conditions(of: request, replicating: primary.key)
                )
            }
    }

    /// The condition keys of the CreateKey that a replication is in the replica's Region.
    private static func conditions(
        of request: Request,
        replicating primary: Key
    ) -> @Sendable (ConditionKey) -> ConditionValues? {
        { condition in
            switch condition.name {
            case "kms:keyspec", "kms:customermasterkeyspec": .single(primary.spec.rawValue)
            case "kms:keyusage", "kms:customermasterkeyusage": .single(primary.usage.rawValue)
            case "kms:keyorigin": .single(primary.origin.rawValue)
            case "kms:multiregion": .bool(true)
            case "kms:multiregionkeytype": .single("REPLICA")
            case "kms:bypasspolicylockoutsafetycheck": .bool(request.bypassesLockoutCheck)
            default: request.tags.conditionValues(for: condition)
            }
        }
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> Key {
        let (request, primary, now) = (call.request, call.resource.key, call.call.now)
        guard primary.isMultiRegionPrimary else { throw .notMultiRegionPrimary(primary.arn) }
        try primary.requireUsable(at: now)
        guard kms.regions.contains(request.region) else {
            throw .validation("The Region \(request.region) is not one of this deployment.")
        }
        let locator = primary.locator.relocated(to: request.region)
        let arn = KeyARN(locator, primary.account)
        let policy = try await kms.checkedPolicy(
            request.policy ?? KeyPolicy.standardText(for: primary.account),
            of: arn,
            bypassingLockoutCheck: request.bypassesLockoutCheck,
            for: call.call
        )
        guard primary.multiRegion?.allRegions.contains(request.region) == false else {
            throw .keyExists(arn)
        }
        // What an erased replica of the same key may have left must not pass to this one.
        try await kms.eraseRemains(of: locator)
        return try await kms.changeFamily(of: call.resource) { family throws(KMSError) in
            let key = family.key
            guard key.isMultiRegionPrimary else { throw .notMultiRegionPrimary(key.arn) }
            try key.requireUsable(at: now)
            guard key.multiRegion?.allRegions.contains(request.region) == false else {
                throw .keyExists(arn)
            }
            family.add(replica(of: key, at: locator, policy, request, now))
            family.updateAll { $0.multiRegion?.replicas.append(request.region) }
            family.refreshPendingMaterial()
            guard let replica = family.relatives.first(where: { $0.locator == locator }) else {
                throw .internalFailure
            }
            try family.announce(ServiceEvent(.createKey, of: replica, at: now))
            try family.announce(ServiceEvent(.synchronizeMultiRegionKey, of: replica, at: now))
            return replica
        }
    }
}

extension ReplicateKey {
    /// The replica with what it shares with its primary, and what is its own.
    private static func replica(
        of primary: Key,
        at locator: KeyLocator,
        _ policy: KeyPolicy,
        _ request: Request,
        _ now: Date
    ) -> Key {
        var replica = Key(
            locator: locator,
            account: primary.account,
            createdAt: now,
            spec: primary.spec,
            usage: primary.usage,
            origin: primary.origin,
            manager: primary.manager,
            description: request.description,
            policy: policy,
            tags: request.tags,
            multiRegion: primary.multiRegion
        )
        replica.materials = primary.materials
        replica.publicKey = primary.publicKey
        replica.rotation = primary.rotation
        replica.onDemandRotations = primary.onDemandRotations
        if primary.origin == .external {
            for index in replica.materials.indices {
                replica.materials[index].wrapped = nil
                replica.materials[index].imported = nil
            }
        }
        return replica
    }
}

// MARK: Wire

extension ReplicateKey {
    package static let input: [Member] = [
        .required("KeyId", .keyID),
        .required("ReplicaRegion", .region),
        .optional("Policy", .policy),
        .optional("BypassPolicyLockoutSafetyCheck", .boolean),
        .optional("Description", .description),
        .optional("Tags", .tags),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        guard let region = Region(input.requiredString("ReplicaRegion")) else { throw .validation(nil) }
        return Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            account: try call.account(),
            region: region,
            policy: input.string("Policy"),
            bypassesLockoutCheck: input.flag("BypassPolicyLockoutSafetyCheck"),
            description: input.string("Description") ?? "",
            tags: try [Tag](input.structures("Tags") ?? [])
        )
    }

    package static func encode(_ response: Key, into output: inout OutputWriter) {
        output.keyMetadata("ReplicaKeyMetadata", of: response)
        output.string("ReplicaPolicy", response.policy.text)
        output.objects("ReplicaTags", response.tags) { output, tag in
            output.string("TagKey", tag.key)
            output.string("TagValue", tag.value)
        }
    }
}
