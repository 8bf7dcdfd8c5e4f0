package import Operations
import Storage

/// Gives a key a name that can later be moved to another key.
///
/// Needs two permissions, on the alias and on the key. Source: AWS KMS API Reference, CreateAlias.
package enum CreateAlias: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let alias: AliasLocator
        let key: KeyReference
    }

    package static let name = "CreateAlias"
    package static let action = "kms:CreateAlias"
    package static let isReadOnly = false
    package static let errors = [
        "DependencyTimeoutException", "AlreadyExistsException", "NotFoundException",
        "InvalidAliasNameException", "KMSInternalException", "LimitExceededException",
        "KMSInvalidStateException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [
            request.alias.requirement(action, for: call),
            resources[0].requirement(action, for: call),
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        let alias = call.request.alias
        let locator = call.resource.key.locator
        try await kms.commit([locator]) { transaction throws(KMSError) in
            guard try await kms.readAlias(alias) == nil else { throw .aliasExists(alias) }
            var key = try transaction.key(locator)
            try key.requireNotPendingDeletion()
            guard key.aliases.count < AliasName.perKeyMax else {
                throw .limitExceeded("A KMS key can have at most \(AliasName.perKeyMax) aliases.")
            }
            key.aliases.append(alias.name)
            transaction.put(key)
            let record = Alias(name: alias.name, target: locator, createdAt: call.call.now)
            transaction.write(
                .put(alias.recordKey, try RecordCodec.encode(record), expecting: .absent)
            )
        }
        kms.cache.drop(alias)
        return NoOutput()
    }
}

// MARK: Wire

extension CreateAlias {
    package static let input: [Member] = [
        .required("AliasName", .alias), .required("TargetKeyId", .keyID),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let name = try AliasName(requested: input.requiredString("AliasName"))
        return Request(
            alias: AliasLocator(try call.account(), call.region, name),
            key: try KeyReference(target: input.requiredString("TargetKeyId"), for: call)
        )
    }
}
