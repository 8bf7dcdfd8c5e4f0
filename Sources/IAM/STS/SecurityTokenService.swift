import AWSProtocol
package import Authorization
package import Cryptography
package import Operations

import struct Foundation.Date

/// AWS Security Token Service: what all its operations share.
///
/// It keeps nothing: a session lies in its token.
package final class SecurityTokenService: OperationService {
    package static let eventSource = "sts.amazonaws.com"
    package static let dialect = Dialect.query(.sts)

    let directory: IdentityDirectory
    let webIdentities: WebIdentityVerifier
    private let keyringSource: any KeyringSource

    package init(
        directory: IdentityDirectory,
        keyring: any KeyringSource,
        webIdentities: WebIdentityVerifier
    ) {
        self.directory = directory
        keyringSource = keyring
        self.webIdentities = webIdentities
    }

    package func resident(_ reference: RoleReference, for call: Call) throws(STSError) -> AssumableRole? {
        nil
    }

    package func load(_ reference: RoleReference, for call: Call) async throws(STSError) -> AssumableRole {
        do throws(IAMError) {
            let snapshot = try await directory.role(reference.name, of: reference.account)
            // A role with another path is another role.
            return AssumableRole(
                reference: reference,
                snapshot: snapshot?.role.arn == reference.arn ? snapshot : nil
            )
        } catch {
            throw .identities(error)
        }
    }

    /// Seals temporary credentials.
    func issue(_ claims: SessionClaims, at now: Date) throws(STSError) -> IssuedSession {
        do throws(IAMError) {
            return try IssuedSession(claims, keyring: keyringSource.current, at: now)
        } catch {
            throw .identities(error)
        }
    }

    /// What an encoded message of the account says.
    ///
    /// - Throws: `.invalidAuthorizationMessage` for any other text, messages of other accounts included.
    func decode(_ message: String, for account: AccountID) throws(STSError) -> String {
        let decoded = AuthorizationMessage.decode(
            message,
            for: account.description,
            keyring: keyringSource.current
        )
        guard let decoded else { throw .invalidAuthorizationMessage }
        return decoded
    }

    /// Refuses session policies that cannot be used: more room than there is, or policies that do not exist.
    ///
    /// - Returns: how much of the room they take, in percent; nil when there are neither policies nor tags.
    func check(
        _ policies: SessionPolicies,
        _ tags: SessionTags,
        of account: AccountID
    ) async throws(STSError) -> Int? {
        let percent = PackedSize.percent(of: policies, tags)
        if let percent, percent > 100 { throw .packedPolicyTooLarge(percent: percent) }
        for text in policies.managed {
            guard let arn = PolicyARN(text), arn.account == nil || arn.account == account else {
                throw .validation("\(text) is invalid")
            }
            do throws(IAMError) {
                guard try await directory.managedPolicy(arn) != nil else {
                    throw IAMError.notAttachable(text)
                }
            } catch .notAttachable {
                throw .validation("Policy \(text) does not exist or is not attachable.")
            } catch {
                throw .identities(error)
            }
        }
        return percent
    }
}

/// A role as a request names it, whether it exists or not.
package struct RoleReference: Hashable, Sendable {
    let arn: String
    let account: AccountID
    let name: RoleName

    /// Nil unless the text is the ARN of a role.
    init?(_ text: String) {
        guard let arn = ARN(text), arn.service == "iam", arn.region == nil, let account = arn.account,
            arn.resource.hasPrefix("role/"),
            let name = arn.resource.split(separator: "/", omittingEmptySubsequences: false).last
                .flatMap({ RoleName(String($0)) })
        else { return nil }
        self.arn = text
        self.account = account
        self.name = name
    }
}

/// A role that somebody wants to assume.
package struct AssumableRole: Sendable {
    let reference: RoleReference
    /// Nil for a role that does not exist, which nobody may assume.
    let snapshot: RoleSnapshot?

    /// The permission for one of the actions on roles' trust policies.
    ///
    /// The denial is the same whether the role exists or not. `isMain` is said of the permission for the way
    /// itself, with which the role is recorded.
    func requirement(
        _ action: String,
        _ conditions: TrustConditions,
        isMain: Bool,
        denial: String
    ) -> Requirement {
        var conditions = conditions
        conditions.roleTags = snapshot?.role.tags ?? [:]
        return Requirement(
            action,
            on: ProtectedResource(
                arn: reference.arn,
                account: reference.account,
                type: isMain ? EntityType.role.resourceType : nil,
                policy: snapshot?.trustPolicy,
                delegation: .required
            ),
            conditions: conditions,
            allowsOtherAccounts: true,
            concealingDenial: denial
        )
    }

    /// The role, once a permission for it was found.
    func existing() throws(STSError) -> RoleSnapshot {
        // Without a trust policy there is no permission, but for what another service's policies might say.
        guard let snapshot else { throw .denied("Role is not valid") }
        return snapshot
    }
}

/// The condition keys of requests for sessions.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Security Token
/// Service".
package struct TrustConditions: ServiceConditions {
    var sessionName: SessionName?
    var externalID: String?
    var sourceIdentity: String?
    var seconds: Int?
    var tags = SessionTags()
    /// Filled in where the role is known.
    var roleTags: [String: String] = [:]

    package var reportedKeys: [String] {
        ["DurationSeconds", "ExternalId", "RoleSessionName", "SourceIdentity", "TransitiveTagKeys"]
            .map { "sts:\($0)" } + ["aws:TagKeys"]
            + tags.values.keys.sorted().map { "aws:RequestTag/\($0)" }
            + roleTags.keys.sorted().map { "aws:ResourceTag/\($0)" }
    }

    package func values(for key: ConditionKey) -> ConditionValues? {
        switch key.global {
        case .requestTag: return Self.tag(key, in: tags.values)
        case .tagKeys: return tags.isEmpty ? nil : .multiple(tags.values.keys.sorted())
        case .resourceTag: return Self.tag(key, in: roleTags)
        default: break
        }
        return switch key.name {
        case "sts:rolesessionname": sessionName.map { .single($0.description) }
        case "sts:externalid": externalID.map { .single($0) }
        case "sts:sourceidentity": sourceIdentity.map { .single($0) }
        case "sts:durationseconds": seconds.map { .single(String($0)) }
        case "sts:transitivetagkeys":
            tags.transitiveKeys.isEmpty ? nil : .multiple(tags.transitiveKeys)
        case "iam:resourcetag": Self.tag(key, in: roleTags)
        default: nil
        }
    }

    private static func tag(_ key: ConditionKey, in tags: [String: String]) -> ConditionValues? {
        tags.first { key.names(tag: $0.key) }.map { .single($0.value) }
    }
}
