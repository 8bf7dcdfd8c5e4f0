import AWSProtocol
import Authorization
import Foundation
import Storage
import Testing

@testable import IAM

@Suite("What a user and a role may do")
struct ResolutionTests {
    /// Whether an access key, as the other node sees it once it has followed the changes, allows an action.
    private func may(_ key: String, _ action: String, in iam: IAMDeployment) async throws -> Bool {
        try await iam.followElsewhere()
        return try #require(try await iam.elsewhere.load(key)).caller.may(action)
    }

    @Test func `comes from inline, attached and the groups' policies`() async throws {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "alice"])
        try await iam.call("CreateGroup", ["GroupName": "g"])
        let key = try await iam.key(of: "alice")
        #expect(try await !may(key, "kms:ListKeys", in: iam))

        let inline = IAMDeployment.allowing("kms:ListKeys")
        try await iam.call(
            "PutUserPolicy",
            ["UserName": "alice", "PolicyName": "p", "PolicyDocument": inline]
        )
        #expect(try await may(key, "kms:ListKeys", in: iam))

        let arn = "arn:aws:iam::aws:policy/IAMFullAccess"
        try await iam.call("AttachUserPolicy", ["UserName": "alice", "PolicyArn": arn])
        #expect(try await may(key, "iam:CreateUser", in: iam))

        try await iam.call("AddUserToGroup", ["UserName": "alice", "GroupName": "g"])
        let text = IAMDeployment.allowing("s3:GetObject")
        try await iam.call(
            "PutGroupPolicy",
            ["GroupName": "g", "PolicyName": "p", "PolicyDocument": text]
        )
        #expect(try await may(key, "s3:GetObject", in: iam))
        try await iam.call("DeleteGroupPolicy", ["GroupName": "g", "PolicyName": "p"])
        #expect(try await !may(key, "s3:GetObject", in: iam))
    }

    @Test func `follows a managed policy to its version in force`() async throws {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "alice"])
        let key = try await iam.key(of: "alice")
        let text = IAMDeployment.allowing("kms:ListKeys")
        let made = try await iam.call("CreatePolicy", ["PolicyName": "p", "PolicyDocument": text])
        let arn = try #require(made.value(of: "Arn"))
        try await iam.call("AttachUserPolicy", ["UserName": "alice", "PolicyArn": arn])
        #expect(try await may(key, "kms:ListKeys", in: iam))
        try await iam.call(
            "CreatePolicyVersion",
            [
                "PolicyArn": arn, "PolicyDocument": IAMDeployment.allowing("kms:CreateKey"),
                "SetAsDefault": "true",
            ]
        )
        #expect(try await !may(key, "kms:ListKeys", in: iam))
        #expect(try await may(key, "kms:CreateKey", in: iam))
        try await iam.call("SetDefaultPolicyVersion", ["PolicyArn": arn, "VersionId": "v1"])
        #expect(try await may(key, "kms:ListKeys", in: iam))
    }

    @Test func `ends at the boundary`() async throws {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "alice"])
        let key = try await iam.key(of: "alice")
        let arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        try await iam.call("AttachUserPolicy", ["UserName": "alice", "PolicyArn": arn])
        #expect(try await may(key, "kms:ListKeys", in: iam))
        try await iam.call(
            "PutUserPermissionsBoundary",
            ["UserName": "alice", "PermissionsBoundary": "arn:aws:iam::aws:policy/AmazonS3FullAccess"]
        )
        #expect(try await !may(key, "kms:ListKeys", in: iam))
        #expect(try await may(key, "s3:GetObject", in: iam))
    }

    @Test func `is known at once where it was changed`() async throws {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "alice"])
        let key = try await iam.key(of: "alice")
        let before = try #require(try await iam.directory.load(key))
        #expect(!before.caller.may("kms:ListKeys"))
        let text = IAMDeployment.allowing("kms:ListKeys")
        try await iam.call(
            "PutUserPolicy",
            ["UserName": "alice", "PolicyName": "p", "PolicyDocument": text]
        )
        #expect(iam.directory.resident(key) == nil)
        let after = try #require(try await iam.directory.load(key))
        #expect(after.caller.may("kms:ListKeys"))
    }

    @Test func `of a group that was renamed stays`() async throws {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "alice"])
        try await iam.call("CreateGroup", ["GroupName": "g"])
        let key = try await iam.key(of: "alice")
        let text = IAMDeployment.allowing("kms:ListKeys")
        try await iam.call("PutGroupPolicy", ["GroupName": "g", "PolicyName": "p", "PolicyDocument": text])
        try await iam.call("AddUserToGroup", ["UserName": "alice", "GroupName": "g"])
        #expect(try await may(key, "kms:ListKeys", in: iam))
        try await iam.call("UpdateGroup", ["GroupName": "g", "NewGroupName": "h"])
        #expect(try await may(key, "kms:ListKeys", in: iam))
        try await iam.call("DeleteGroupPolicy", ["GroupName": "h", "PolicyName": "p"])
        #expect(try await !may(key, "kms:ListKeys", in: iam))
    }

    @Test func `of a user whose record an earlier version wrote is read`() async throws {
        let iam = try await IAMDeployment()
        let text =
            #"{"account":"111122223333","createdAt":1700000000,"id":"AIDA2345ABCD2345ABCD","#
            + #""inlinePolicies":{},"name":"old","path":"/","tags":{}}"#
        _ = try await iam.store.commit([
            .put(RecordKey(.user, "111122223333/old"), Array(text.utf8), expecting: .absent)
        ])
        #expect(try await iam.call("GetUser", ["UserName": "old"]).contains("AIDA2345ABCD2345ABCD"))
    }
}

@Suite("A role's snapshot")
struct RoleSnapshotTests {
    private func deployment() async throws -> IAMDeployment {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "alice"])
        try await iam.call(
            "CreateRole",
            [
                "RoleName": "r", "MaxSessionDuration": "7200",
                "AssumeRolePolicyDocument":
                    IAMDeployment.trusting("arn:aws:iam::111122223333:user/alice"),
            ]
        )
        return iam
    }

    private func role(_ directory: IdentityDirectory, _ iam: IAMDeployment) async throws -> RoleSnapshot? {
        let name = try #require(RoleName("r"))
        return try await directory.role(name, of: iam.account)
    }

    @Test func `has trust, policies, boundary and the longest session`() async throws {
        let iam = try await deployment()
        let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        try await iam.call("AttachRolePolicy", ["RoleName": "r", "PolicyArn": arn])
        let text = IAMDeployment.allowing("kms:*")
        try await iam.call("PutRolePolicy", ["RoleName": "r", "PolicyName": "p", "PolicyDocument": text])
        try await iam.call(
            "PutRolePermissionsBoundary",
            ["RoleName": "r", "PermissionsBoundary": "arn:aws:iam::aws:policy/AmazonS3FullAccess"]
        )
        let snapshot = try #require(try await role(iam.directory, iam))
        #expect(snapshot.role.maxSessionSeconds == 7200)
        #expect(snapshot.identityPolicies.map(\.name) == ["p", arn])
        #expect(snapshot.boundary?.name == "arn:aws:iam::aws:policy/AmazonS3FullAccess")
        #expect(snapshot.trustPolicy.principalIDs.keys.sorted() == ["arn:aws:iam::111122223333:user/alice"])
    }

    @Test func `stays in memory until what it was made of changes`() async throws {
        let iam = try await deployment()
        let first = try #require(try await role(iam.elsewhere, iam))
        #expect(try await role(iam.elsewhere, iam) === first)
        let text = IAMDeployment.allowing("kms:*")
        try await iam.call("PutRolePolicy", ["RoleName": "r", "PolicyName": "p", "PolicyDocument": text])
        #expect(try await role(iam.elsewhere, iam) === first)
        try await iam.followElsewhere()
        let name = try #require(RoleName("r"))
        #expect(iam.elsewhere.residentRole(name, of: iam.account) == nil)
        #expect(try await role(iam.elsewhere, iam)?.identityPolicies.count == 1)
        try await iam.call("DeleteRolePolicy", ["RoleName": "r", "PolicyName": "p"])
        try await iam.call("DeleteRole", ["RoleName": "r"])
        try await iam.followElsewhere()
        #expect(try await role(iam.elsewhere, iam) == nil)
    }

    @Test func `does not trust a later user of the same name`() async throws {
        let iam = try await deployment()
        func trusts() async throws -> Bool {
            let name = try #require(UserName("alice"))
            let alice = try #require(try await iam.directory.user(name, of: iam.account))
            let snapshot = try #require(try await role(iam.directory, iam))
            return Authorizer.decide(
                AuthorizationRequest(
                    caller: alice.caller,
                    action: "sts:AssumeRole",
                    resource: snapshot.role.arn,
                    resourceAccount: IAMDeployment.account,
                    resourcePolicy: snapshot.trustPolicy,
                    delegation: .required,
                    allowsCrossAccount: true,
                    context: DictionaryContext()
                )
            ).isAllowed
        }
        #expect(try await trusts())
        try await iam.call("DeleteUser", ["UserName": "alice"])
        try await iam.call("CreateUser", ["UserName": "alice"])
        #expect(try await !trusts())
    }
}
