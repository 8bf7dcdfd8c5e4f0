package import AWSProtocol
package import Authorization
package import Cryptography
package import Operations

/// The `kms:` condition keys of one request, computed when a policy asks for them.
///
/// Source: KMS Developer Guide, "Condition keys for AWS KMS".
package final class KeyConditions: ServiceConditions {
    private let call: Call
    private let snapshot: KeySnapshot?
    private let alias: AliasName?
    private let context: EncryptionContext?
    private let regionOfMakingKeys: Region?
    private let own: @Sendable (ConditionKey) -> ConditionValues?

    /// The keys of a call.
    ///
    /// `key` is nil for operations on none, `alias` the alias by which the request named the key, `context` nil
    /// where the operation takes none, `region` where a key is to be made if not in the request's Region. `own`
    /// answers the operation's own keys, whose `name` is lower-cased, as in `kms:encryptionalgorithm`.
    package init(
        _ call: Call,
        key: KeySnapshot? = nil,
        alias: AliasName? = nil,
        context: EncryptionContext? = nil,
        region: Region? = nil,
        own: @escaping @Sendable (ConditionKey) -> ConditionValues? = { _ in nil }
    ) {
        self.call = call
        snapshot = key
        self.alias = alias
        self.context = context
        regionOfMakingKeys = region
        self.own = own
    }

    package var encryptionContext: [String: String]? { context?.dictionary }

    package var region: Region? { snapshot?.key.locator.region ?? regionOfMakingKeys }

    package func values(for key: ConditionKey) -> ConditionValues? {
        switch key.name {
        case "kms:calleraccount": call.caller.account.map { .single($0) }
        case "kms:viaservice": viaService
        case "kms:requestalias": alias.map { .single($0.text) }
        case "kms:encryptioncontext": contextValue(key)
        case "kms:encryptioncontextkeys": context.map { .multiple($0.pairs.map(\.key)) }
        default: own(key) ?? snapshot.flatMap { keyValue(key, of: $0.key) }
        }
    }

    package var reportedKeys: [String] {
        Self.names + (context?.pairs ?? []).map { "kms:EncryptionContext:\($0.key)" }
            + (snapshot?.key.tags ?? []).map { "aws:ResourceTag/\($0.key)" }
    }

    /// The keys of KMS that have no suffix, and of all services those that its operations answer.
    private static let names =
        [
            "BypassPolicyLockoutSafetyCheck", "CallerAccount", "DataKeyPairSpec", "EncryptionAlgorithm",
            "EncryptionContextKeys", "ExpirationModel", "GrantConstraintType", "GrantIsForAWSResource",
            "GrantOperations", "GranteePrincipal", "GranteeServicePrincipal", "KeyAgreementAlgorithm",
            "KeyOrigin", "KeySpec", "KeyUsage", "MacAlgorithm", "MessageType", "MultiRegion",
            "MultiRegionKeyType", "PrimaryRegion", "ReEncryptOnSameKey", "ReplicaRegion", "RequestAlias",
            "ResourceAliases", "RetiringPrincipal", "RetiringServicePrincipal", "RotationPeriodInDays",
            "ScheduleKeyDeletionPendingWindowInDays", "SigningAlgorithm", "TrailingDaysWithoutKeyUsage",
            "ValidTo", "ViaService", "WrappingAlgorithm", "WrappingKeySpec",
        ].map { "kms:\($0)" } + ["aws:TagKeys"]

    /// `service.region.amazonaws.com` of the service that passes the call on.
    private var viaService: ConditionValues? {
        guard let principal = call.invokedBy else { return nil }
        let service = principal.utf8.prefix { $0 != UInt8(ascii: ".") }
        return .single(String(Substring(service)) + "." + call.region.description + ".amazonaws.com")
    }

    /// The value of a context key in whatever case; several when keys differ in case alone.
    private func contextValue(_ condition: ConditionKey) -> ConditionValues? {
        let values = (context?.pairs ?? []).filter { condition.names(contextKey: $0.key) }.map(\.value)
        return values.count > 1 ? .multiple(values) : values.first.map { .single($0) }
    }

    /// The keys every operation on a key has.
    private func keyValue(_ condition: ConditionKey, of key: Key) -> ConditionValues? {
        switch condition.name {
        case "aws:resourcetag":
            key.tags.first { condition.names(tag: $0.key) }.map { .single($0.value) }
        case "kms:keyspec", "kms:customermasterkeyspec": .single(key.spec.rawValue)
        case "kms:keyusage", "kms:customermasterkeyusage": .single(key.usage.rawValue)
        case "kms:keyorigin": .single(key.origin.rawValue)
        case "kms:multiregion": .bool(key.multiRegion != nil)
        case "kms:multiregionkeytype":
            key.multiRegion.map { _ in .single(key.isMultiRegionPrimary ? "PRIMARY" : "REPLICA") }
        case "kms:resourcealiases": .multiple(key.aliases.map(\.text))
        default: nil
        }
    }
}

extension ResolvedKey {
    /// The permission for an action on this key.
    ///
    /// `fromOtherAccounts` tells whether AWS lets other accounts use the operation; `own` answers the operation's
    /// own condition keys.
    package func requirement(
        _ action: String,
        for call: Call,
        fromOtherAccounts: Bool = false,
        context: EncryptionContext? = nil,
        concealingDenial: String? = nil,
        own: @escaping @Sendable (ConditionKey) -> ConditionValues? = { _ in nil }
    ) -> Requirement {
        Requirement(
            action,
            on: protected,
            conditions: KeyConditions(call, key: snapshot, alias: alias, context: context, own: own),
            allowsOtherAccounts: fromOtherAccounts,
            concealingDenial: concealingDenial
        )
    }

    /// The key with its policy and grants, as the decision engine sees it.
    package var protected: ProtectedResource { snapshot.protected }
}

extension AliasLocator {
    /// The permission for an action on this alias: identity policies alone decide.
    package func requirement(_ action: String, for call: Call) -> Requirement {
        Requirement(
            action,
            on: ProtectedResource(arn: arn, account: account, type: AliasLocator.resourceType),
            conditions: KeyConditions(call)
        )
    }
}

extension Requirement {
    /// The permission for an action that names no resource, in the request's Region or another.
    package static func account(
        _ action: String,
        for call: Call,
        in account: AccountID,
        region: Region? = nil,
        own: @escaping @Sendable (ConditionKey) -> ConditionValues? = { _ in nil }
    ) -> Requirement {
        Requirement(
            action,
            on: .any(in: account),
            conditions: KeyConditions(call, region: region, own: own)
        )
    }
}

extension EncryptionContext {
    /// The pairs as grant constraints are held against; keys that Swift cannot tell apart give nothing, so
    /// that no constraint is fulfilled by accident.
    fileprivate var dictionary: [String: String] {
        let pairs = pairs.map { ($0.key, $0.value) }
        let dictionary = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        return dictionary.count == pairs.count ? dictionary : [:]
    }
}
