import AWSProtocol
import Authorization
package import Operations

/// Makes a replica of a multi-Region key its primary, and the primary a replica.
///
/// Source: AWS KMS API Reference, UpdatePrimaryRegion.
package enum UpdatePrimaryRegion: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        /// The present primary.
        let key: KeyReference
        /// The replica that is to become the primary.
        let replica: KeyReference
        let region: Region
    }

    package static let name = "UpdatePrimaryRegion"
    package static let action = "kms:UpdatePrimaryRegion"
    package static let isReadOnly = false
    package static let errors = [
        "DisabledException", "InvalidArnException", "KMSInvalidStateException", "KMSInternalException",
        "NotFoundException", "UnsupportedOperationException",
    ]

    package static func references(in request: Request) -> [KeyReference] {
        [request.key, request.replica]
    }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        resources.map { key in
            key.requirement(action, for: call) { [region = request.region] condition in
                condition.name == "kms:primaryregion" ? .single(region.description) : nil
            }
        }
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        let (region, now) = (call.request.region, call.call.now)
        try await kms.changeFamily(of: call.resources[0]) { family throws(KMSError) in
            let former = family.key.locator.region
            guard family.key.isMultiRegionPrimary else { throw .notMultiRegionPrimary(family.key.arn) }
            try family.key.requireUsable(at: now)
            guard let replica = family.relatives.first(where: { $0.locator.region == region }) else {
                throw .keyNotFound(family.key.locator.relocated(to: region), family.key.account)
            }
            try replica.requireUsable(at: now)
            family.updateAll { member in
                member.multiRegion?.primary = region
                member.multiRegion?.replicas.removeAll { $0 == region }
                member.multiRegion?.replicas.append(former)
            }
            try family.announce(ServiceEvent(.updatePrimaryRegion, of: replica, at: now))
        }
        return NoOutput()
    }
}

// MARK: Wire

extension UpdatePrimaryRegion {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .required("PrimaryRegion", .region),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let text = input.requiredString("PrimaryRegion")
        let key = try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call)
        guard case .key(let locator, let account) = key, let region = Region(text) else {
            throw .invalidKeyID(input.requiredString("KeyId"))
        }
        guard region != call.region else {
            throw .validation("PrimaryRegion must be another Region than that of the key, \(call.region).")
        }
        return Request(key: key, replica: .key(locator.relocated(to: region), account), region: region)
    }
}
