import AWSProtocol
import Operations

/// How answers show entities.
///
/// Source: IAM API Reference, data types User, Group, Role, Policy, InstanceProfile. Lists leave out tags and
/// boundaries, as AWS's do.
extension OutputWriter {
    mutating func members(of entity: some Entity, nameMember: String, idMember: String) {
        string("Path", entity.path)
        string(nameMember, entity.nameText)
        string(idMember, entity.id.description)
        string("Arn", entity.arn)
        timestamp("CreateDate", entity.createdAt)
    }

    mutating func user(_ user: User, inList: Bool = false) {
        members(of: user, nameMember: "UserName", idMember: "UserId")
        guard !inList else { return }
        boundary(user.permissionsBoundary)
        tags(of: user.tags)
    }

    mutating func group(_ group: Group) {
        members(of: group, nameMember: "GroupName", idMember: "GroupId")
    }

    mutating func role(_ role: Role, inList: Bool = false) {
        members(of: role, nameMember: "RoleName", idMember: "RoleId")
        policyDocument("AssumeRolePolicyDocument", role.trustPolicy.text)
        string("Description", role.description)
        integer("MaxSessionDuration", role.maxSessionSeconds)
        guard !inList else { return }
        boundary(role.permissionsBoundary)
        tags(of: role.tags)
    }

    mutating func instanceProfile(_ profile: InstanceProfile, role: Role?, inList: Bool = false) {
        members(of: profile, nameMember: "InstanceProfileName", idMember: "InstanceProfileId")
        objects("Roles", [role].compactMap(\.self)) { $0.role($1, inList: true) }
        if !inList { tags(of: profile.tags) }
    }

    mutating func managedPolicy(_ policy: ManagedPolicy, _ usage: PolicyUsage, inList: Bool = false) {
        string("PolicyName", policy.arn.name.description)
        string("PolicyId", policy.id.description)
        string("Arn", policy.arn.description)
        string("Path", policy.arn.path)
        string("DefaultVersionId", policy.defaultVersion?.id)
        integer("AttachmentCount", usage.attachments)
        integer("PermissionsBoundaryUsageCount", usage.boundaries)
        flag("IsAttachable", true)
        if !inList { string("Description", policy.description) }
        timestamp("CreateDate", policy.createdAt)
        timestamp("UpdateDate", policy.updatedAt)
        if !inList { tags(of: policy.tags) }
    }

    mutating func policyVersion(
        _ version: ManagedPolicy.Version,
        of policy: ManagedPolicy,
        showsText: Bool
    ) {
        if showsText { policyDocument("Document", version.text) }
        string("VersionId", version.id)
        flag("IsDefaultVersion", version.number == policy.defaultNumber)
        timestamp("CreateDate", version.createdAt)
    }

    /// A policy's text, URL-encoded as RFC 3986 has it.
    mutating func policyDocument(_ name: String, _ text: String) {
        string(name, PercentEncoding.encode(text))
    }

    private mutating func boundary(_ arn: PolicyARN?) {
        guard let arn else { return }
        object("PermissionsBoundary") { output in
            output.string("PermissionsBoundaryType", "Policy")
            output.string("PermissionsBoundaryArn", arn.description)
        }
    }
}
