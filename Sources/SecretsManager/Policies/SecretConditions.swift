package import AWSProtocol
package import Authorization
import Operations

/// The condition keys of one request, computed when a policy asks for them.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Secrets Manager".
package final class SecretConditions: ServiceConditions {
    private let snapshot: SecretSnapshot?
    /// A secret that no snapshot holds.
    private let changed: Secret?
    private let text: String?
    private let regionOfSecret: Region?
    private let own: @Sendable (ConditionKey) -> ConditionValues?

    /// The keys of a call.
    ///
    /// `secret` is nil where there is none, `text` how the request named it, `region` where a secret is to be made
    /// if not in the request's Region. `own` answers the operation's own keys, whose `name` is lower-cased.
    init(
        _ secret: Secret?,
        text: String?,
        region: Region? = nil,
        own: @escaping @Sendable (ConditionKey) -> ConditionValues? = { _ in nil }
    ) {
        snapshot = nil
        changed = secret
        self.text = text
        regionOfSecret = region
        self.own = own
    }

    /// The keys of a call about a secret as it is in memory; nil where there is none.
    init(
        of snapshot: SecretSnapshot?,
        text: String?,
        own: @escaping @Sendable (ConditionKey) -> ConditionValues?
    ) {
        self.snapshot = snapshot
        changed = nil
        self.text = text
        regionOfSecret = nil
        self.own = own
    }

    private var secret: Secret? { changed ?? snapshot?.secret }

    package var region: Region? { regionOfSecret }

    package var reportedKeys: [String] {
        Self.names + (secret?.tags ?? []).map { "aws:ResourceTag/\($0.key)" }
    }

    /// The keys of Secrets Manager that have no suffix, and of all services those that its operations answer.
    private static let names =
        [
            "AddReplicaRegions", "Description", "ForceDeleteWithoutRecovery",
            "ForceOverwriteReplicaSecret", "KmsKeyId", "Name", "RecoveryWindowInDays", "SecretId",
            "SecretPrimaryRegion", "VersionId", "VersionStage",
        ].map { "secretsmanager:\($0)" } + ["aws:TagKeys"]

    package func values(for key: ConditionKey) -> ConditionValues? {
        switch key.name {
        case "secretsmanager:secretid": text.map { .single($0) }
        case "secretsmanager:secretprimaryregion":
            secret.map { .single(($0.primaryRegion ?? $0.locator.region).description) }
        case "secretsmanager:resourcetag", "aws:resourcetag":
            secret?.tags.first { key.names(tag: $0.key) }.map { .single($0.value) }
        case "secretsmanager:resource" where key.names(tag: "AllowRotationLambdaArn"):
            secret?.rotation.map { .single($0.rotator) }
        default: own(key)
        }
    }
}

extension ResolvedSecret {
    /// The permission for an action on this secret; its policy may give it to other accounts.
    func requirement(
        _ action: String,
        own: @escaping @Sendable (ConditionKey) -> ConditionValues? = { _ in nil }
    ) -> Requirement {
        Requirement(
            action,
            on: protected,
            conditions: SecretConditions(of: present, text: text, own: own),
            allowsOtherAccounts: true
        )
    }
}

extension Requirement {
    /// The permission for an action of Secrets Manager that names no secret.
    static func anySecret(_ action: String, in account: AccountID) -> Requirement {
        Requirement(action, on: .any(in: account), conditions: NoConditions())
    }
}
