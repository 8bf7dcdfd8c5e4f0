import AWSProtocol
import Authorization
import Cryptography
package import Operations

/// Makes a key.
///
/// Source: AWS KMS API Reference, CreateKey.
package enum CreateKey: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let account: AccountID
        let spec: KeySpec
        let usage: KeyUsage
        let origin: KeyOrigin
        let isMultiRegion: Bool
        let description: String
        let policy: String?
        let bypassesLockoutCheck: Bool
        let tags: [Tag]
    }

    package static let name = "CreateKey"
    package static let action = "kms:CreateKey"
    package static let isReadOnly = false
    package static let errors = [
        "MalformedPolicyDocumentException", "DependencyTimeoutException", "InvalidArnException",
        "UnsupportedOperationException", "KMSInternalException", "LimitExceededException", "TagException",
        "CustomKeyStoreNotFoundException", "CustomKeyStoreInvalidStateException",
        "CloudHsmClusterInvalidConfigurationException", "XksKeyInvalidConfigurationException",
        "XksKeyAlreadyInUseException", "XksKeyNotFoundException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        let create = Requirement.account(
            action,
            for: call,
            in: request.account,
            own: conditions(of: request, for: call)
        )
        guard !request.tags.isEmpty else { return [create] }
        let tag = Requirement.account(
            "kms:TagResource",
            for: call,
            in: request.account,
            own: conditions(of: request, for: call)
        )
        return [create, tag]
    }

    private static func conditions(
        of request: Request,
        for call: Call
    ) -> @Sendable (ConditionKey) -> ConditionValues? {
        { condition in
            switch condition.name {
            case "kms:keyspec", "kms:customermasterkeyspec": .single(request.spec.rawValue)
            case "kms:keyusage", "kms:customermasterkeyusage": .single(request.usage.rawValue)
            case "kms:keyorigin": .single(request.origin.rawValue)
            case "kms:multiregion": .bool(request.isMultiRegion)
            case "kms:multiregionkeytype": request.isMultiRegion ? .single("PRIMARY") : nil
            case "kms:bypasspolicylockoutsafetycheck": .bool(request.bypassesLockoutCheck)
            default: request.tags.conditionValues(for: condition)
            }
        }
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> Key {
        let key = try await newKey(call, in: kms)
        try await kms.insert(key)
        return key
    }

    private static func newKey(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> Key {
        let request = call.request
        let locator = KeyLocator(
            call.call.region,
            .generate(multiRegion: request.isMultiRegion, at: call.call.now)
        )
        let policy = try await policy(for: locator, call, in: kms)
        var key = Key(
            locator: locator,
            account: request.account,
            createdAt: call.call.now,
            spec: request.spec,
            usage: request.usage,
            origin: request.origin,
            manager: .customer,
            description: request.description,
            policy: policy,
            tags: request.tags,
            multiRegion: request.isMultiRegion ? MultiRegion(primary: call.call.region) : nil
        )
        if request.origin == .awsKMS {
            let (material, publicKey) = try await kms.generateMaterial(for: key, at: call.call.now)
            key.materials = [material]
            key.publicKey = publicKey
        }
        return key
    }

    package static func madeResources(in response: Key) -> [ProtectedResource] {
        [
            ProtectedResource(
                arn: response.arn.description,
                account: response.account,
                type: KeyARN.resourceType
            )
        ]
    }

    /// The policy that was asked for, checked, or the standard one.
    ///
    /// The standard one is not: it names only the account, and the lockout check is about policies that
    /// callers give (AWS KMS API Reference, CreateKey, `BypassPolicyLockoutSafetyCheck`).
    private static func policy(
        for locator: KeyLocator,
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> KeyPolicy {
        guard let text = call.request.policy else { return .standard(for: call.request.account) }
        return try await kms.checkedPolicy(
            text,
            of: KeyARN(locator, call.request.account),
            bypassingLockoutCheck: call.request.bypassesLockoutCheck,
            for: call.call
        )
    }
}

// MARK: Wire

extension CreateKey {
    package static let input: [Member] = [
        .optional("Policy", .policy),
        .optional("Description", .description),
        .optional("KeyUsage", .keyUsage),
        .optional("CustomerMasterKeySpec", .enumeration(legacySpecs)),
        .optional("KeySpec", .keySpec),
        .optional("Origin", .keyOrigin),
        .optional("CustomKeyStoreId", .customKeyStoreID),
        .optional("BypassPolicyLockoutSafetyCheck", .boolean),
        .optional("Tags", .tags),
        .optional("MultiRegion", .boolean),
        .optional("XksKeyId", .string(length: 1...128, pattern: .xksKeyID)),
    ]

    /// The values of the deprecated `CustomerMasterKeySpec`: newer specs are not among them.
    private static let legacySpecs = KeySpec.allCases.filter {
        ![.mlDSA44, .mlDSA65, .mlDSA87, .edwards25519].contains($0)
    }.map(\.rawValue)

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let spec = try spec(from: input)
        let usage = try usage(from: input, of: spec)
        let origin: KeyOrigin = input.enumeration("Origin") ?? .awsKMS
        guard origin == .awsKMS || origin == .external, input.string("CustomKeyStoreId") == nil,
            input.string("XksKeyId") == nil
        else { throw .customKeyStores }
        guard spec.isSupported else {
            throw .unsupported("KeySpec \(spec.rawValue) is not supported by this deployment.")
        }
        return Request(
            account: try call.account(),
            spec: spec,
            usage: usage,
            origin: origin,
            isMultiRegion: input.flag("MultiRegion"),
            description: input.string("Description") ?? "",
            policy: input.string("Policy"),
            bypassesLockoutCheck: input.flag("BypassPolicyLockoutSafetyCheck"),
            tags: try [Tag](input.structures("Tags") ?? [])
        )
    }

    private static func spec(from input: Input) throws(KMSError) -> KeySpec {
        let spec: KeySpec? = input.enumeration("KeySpec")
        let legacy: KeySpec? = input.enumeration("CustomerMasterKeySpec")
        guard spec == nil || legacy == nil else {
            throw .validation(
                "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
                    + "CustomerMasterKeySpec is deprecated."
            )
        }
        return spec ?? legacy ?? .symmetricDefault
    }

    private static func usage(from input: Input, of spec: KeySpec) throws(KMSError) -> KeyUsage {
        guard let usage: KeyUsage = input.enumeration("KeyUsage") ?? spec.defaultUsage else {
            throw .validation(
                "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
            )
        }
        guard spec.allowedUsages.contains(usage) else {
            throw .validation("KeyUsage \(usage.rawValue) is not compatible with KeySpec \(spec.rawValue)")
        }
        return usage
    }

    package static func encode(_ response: Key, into output: inout OutputWriter) {
        output.keyMetadata("KeyMetadata", of: response)
    }
}
