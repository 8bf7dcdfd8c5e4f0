import Cryptography
package import Operations
import Storage

/// Moves an alias to another key of the same type and usage.
///
/// Needs three permissions, on the alias, the old key and the new one. Source: AWS KMS API Reference,
/// UpdateAlias.
package enum UpdateAlias: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let alias: AliasLocator
        let key: KeyReference
    }

    package static let name = "UpdateAlias"
    package static let action = "kms:UpdateAlias"
    package static let isReadOnly = false
    package static let errors = [
        "DependencyTimeoutException", "NotFoundException", "KMSInternalException", "LimitExceededException",
        "KMSInvalidStateException",
    ]

    package static func references(in request: Request) -> [KeyReference] {
        [request.key, .alias(request.alias)]
    }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [
            request.alias.requirement(action, for: call),
            resources[1].requirement(action, for: call),
            resources[0].requirement(action, for: call),
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        let alias = call.request.alias
        let (new, old) = (call.resources[0].key, call.resources[1].key)
        guard new.locator != old.locator else {
            try await touch(alias, call: call, in: kms)
            return NoOutput()
        }
        try requireSameKind(new, old, alias)
        try await kms.commit([new.locator, old.locator]) { transaction throws(KMSError) in
            guard let (found, version) = try await kms.readAlias(alias) else {
                throw .aliasNotFound(alias)
            }
            guard found.target == old.locator else { throw .superseded }
            var record = found
            var source = try transaction.key(old.locator)
            var target = try transaction.key(new.locator)
            try target.requireNotPendingDeletion()
            guard target.aliases.count < AliasName.perKeyMax else {
                throw .limitExceeded("A KMS key can have at most \(AliasName.perKeyMax) aliases.")
            }
            source.aliases.removeAll { $0 == alias.name }
            target.aliases.append(alias.name)
            transaction.put(source)
            transaction.put(target)
            record.target = new.locator
            record.updatedAt = call.call.now
            transaction.write(
                .put(alias.recordKey, try RecordCodec.encode(record), expecting: .version(version))
            )
        }
        kms.cache.drop(alias)
        return NoOutput()
    }

    /// An alias that is moved to where it is keeps its place and gets a new date.
    private static func touch(
        _ alias: AliasLocator,
        call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) {
        try call.resources[0].key.requireNotPendingDeletion()
        try await kms.commit([]) { transaction throws(KMSError) in
            guard let (found, version) = try await kms.readAlias(alias) else { throw .aliasNotFound(alias) }
            var record = found
            record.updatedAt = call.call.now
            transaction.write(
                .put(alias.recordKey, try RecordCodec.encode(record), expecting: .version(version))
            )
        }
    }

    private static func requireSameKind(_ new: Key, _ old: Key, _ alias: AliasLocator) throws(KMSError) {
        guard new.usage == old.usage else {
            throw .validation(
                "Alias \(alias.arn) cannot be changed from a CMK with key usage \(old.usage.rawValue) to a "
                    + "CMK with key usage \(new.usage.rawValue). "
                    + "The key usage of the current CMK and the new CMK must be the same."
            )
        }
        guard new.spec.kind == old.spec.kind else {
            throw .validation(
                "Alias \(alias.arn) cannot be changed from a CMK with key type \(old.spec.kind.rawValue) to a "
                    + "CMK with key type \(new.spec.kind.rawValue). "
                    + "The key type of the current CMK and the new CMK must be the same."
            )
        }
    }
}

// MARK: Wire

extension UpdateAlias {
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
