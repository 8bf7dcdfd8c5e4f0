package import Operations
import Storage

/// Deletes an alias; the key stays.
///
/// Needs two permissions, on the alias and on the key. Source: AWS KMS API Reference, DeleteAlias.
package enum DeleteAlias: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let alias: AliasLocator
    }

    package static let name = "DeleteAlias"
    package static let action = "kms:DeleteAlias"
    package static let isReadOnly = false
    package static let errors = [
        "DependencyTimeoutException", "NotFoundException", "KMSInternalException", "KMSInvalidStateException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [.alias(request.alias)] }

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
            guard let (record, version) = try await kms.readAlias(alias) else {
                throw .aliasNotFound(alias)
            }
            guard record.target == locator else { throw .superseded }
            var key = try transaction.key(locator)
            key.aliases.removeAll { $0 == alias.name }
            transaction.put(key)
            transaction.write(.delete(alias.recordKey, expecting: .version(version)))
        }
        kms.cache.drop(alias)
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteAlias {
    package static let input: [Member] = [.required("AliasName", .alias)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let name = try AliasName(requested: input.requiredString("AliasName"))
        return Request(alias: AliasLocator(try call.account(), call.region, name))
    }
}
