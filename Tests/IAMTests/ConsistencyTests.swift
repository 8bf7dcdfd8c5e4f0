import AWSProtocol
import Authorization
import Foundation
import Operations
import Storage
import Testing

@testable import IAM

@Suite("Changes that meet")
struct ConsistencyTests {
    /// Runs two operations at the same time, many times over, on names that end with a number.
    private func race(
        rounds: Int = 60,
        prepare: (Int) async throws -> Void,
        _ left: @escaping @Sendable (Int) async throws -> String,
        _ right: @escaping @Sendable (Int) async throws -> String,
        check: (Int, String, String) async throws -> Void
    ) async throws {
        for round in 0..<rounds {
            try await prepare(round)
            async let first = left(round)
            async let second = right(round)
            let outcome = try await (first, second)
            try await check(round, outcome.0, outcome.1)
        }
    }

    @Test func `never leave a deleted policy attached`() async throws {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "alice"])
        let text = IAMDeployment.allowing("kms:ListKeys")
        @Sendable func arn(_ round: Int) -> String { "arn:aws:iam::111122223333:policy/p\(round)" }
        try await race { round in
            try await iam.call("CreatePolicy", ["PolicyName": "p\(round)", "PolicyDocument": text])
        } _: { round in
            try await iam.code("AttachUserPolicy", ["UserName": "alice", "PolicyArn": arn(round)])
        } _: { round in
            try await iam.code("DeletePolicy", ["PolicyArn": arn(round)])
        } check: { round, attached, deleted in
            let outcome = [attached, deleted]
            #expect(outcome == ["ok", "DeleteConflict"] || outcome == ["NoSuchEntity", "ok"], "\(outcome)")
            if attached == "ok" {
                try await iam.call("DetachUserPolicy", ["UserName": "alice", "PolicyArn": arn(round)])
            }
        }
    }

    @Test func `never leave a key of a deleted user`() async throws {
        let iam = try await IAMDeployment()
        try await race { round in
            try await iam.call("CreateUser", ["UserName": "u\(round)"])
        } _: { round in
            try await iam.code("CreateAccessKey", ["UserName": "u\(round)"])
        } _: { round in
            try await iam.code("DeleteUser", ["UserName": "u\(round)"])
        } check: { round, made, deleted in
            let outcome = [made, deleted]
            #expect(outcome == ["ok", "DeleteConflict"] || outcome == ["NoSuchEntity", "ok"], "\(outcome)")
            let keys = try await iam.store.scan(
                .accessKeyOfOwner,
                prefix: "111122223333/user/u\(round)/",
                after: nil,
                limit: 10
            )
            #expect(keys.isEmpty == (deleted == "ok"))
        }
    }

    @Test func `never leave a member of a deleted group`() async throws {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "alice"])
        try await race { round in
            try await iam.call("CreateGroup", ["GroupName": "g\(round)"])
        } _: { round in
            try await iam.code("AddUserToGroup", ["UserName": "alice", "GroupName": "g\(round)"])
        } _: { round in
            try await iam.code("DeleteGroup", ["GroupName": "g\(round)"])
        } check: { round, added, deleted in
            let outcome = [added, deleted]
            #expect(outcome == ["ok", "DeleteConflict"] || outcome == ["NoSuchEntity", "ok"], "\(outcome)")
            if added == "ok" {
                let names = ["UserName": "alice", "GroupName": "g\(round)"]
                try await iam.call("RemoveUserFromGroup", names)
            }
        }
    }

    @Test func `give a user two access keys, however many ask at once`() async throws {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "alice"])
        let codes = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask { try await iam.code("CreateAccessKey", ["UserName": "alice"]) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.filter { $0 == "ok" }.count == 2, "\(codes)")
        #expect(try await iam.records(.accessKey).count == 2)
    }

    @Test func `count the users of a policy exactly`() async throws {
        let iam = try await IAMDeployment()
        let text = IAMDeployment.allowing("kms:ListKeys")
        try await iam.call("CreatePolicy", ["PolicyName": "p", "PolicyDocument": text])
        let arn = "arn:aws:iam::111122223333:policy/p"
        for number in 0..<8 { try await iam.call("CreateUser", ["UserName": "u\(number)"]) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let names = ["UserName": "u\(number)", "PolicyArn": arn]
                    try await iam.call("AttachUserPolicy", names)
                    if number.isMultiple(of: 2) { try await iam.call("DetachUserPolicy", names) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await iam.call("GetPolicy", ["PolicyArn": arn]).value(of: "AttachmentCount") == "4")
        #expect(try await iam.records(.policyUse).count == 4)
    }

    @Test func `of one user by two names end in one user`() async throws {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "a"])
        try await iam.call("CreateUser", ["UserName": "b"])
        async let left = iam.code("UpdateUser", ["UserName": "a", "NewUserName": "c"])
        async let right = iam.code("UpdateUser", ["UserName": "b", "NewUserName": "c"])
        let codes = try await [left, right].sorted()
        #expect(codes == ["EntityAlreadyExists", "ok"])
        #expect(try await iam.records(.user).count == 2)
    }
}

@Suite("What IAM leaves behind")
struct TraceTests {
    @Test func `the secret of an access key is in no audit event`() async throws {
        let iam = try await IAMDeployment()
        try await iam.call("CreateUser", ["UserName": "alice"])
        let made = try await iam.call("CreateAccessKey", ["UserName": "alice"])
        let secret = try #require(made.value(of: "SecretAccessKey"))
        let id = try #require(made.value(of: "AccessKeyId"))
        let event = try #require(try iam.events().last)
        #expect(!event.contains(secret) && event.contains(id))
        #expect(event.contains(#""eventName":"CreateAccessKey""#))
        #expect(event.contains(#""eventSource":"iam.amazonaws.com""#))
        #expect(event.contains(#""readOnly":false"#))
    }

    @Test func `a refusal is recorded with the code that was answered`() async throws {
        let iam = try await IAMDeployment()
        let caller = Caller(
            type: .user,
            arn: "arn:aws:iam::111122223333:user/mallory",
            account: IAMDeployment.account,
            uniqueID: "AIDAMALLORY"
        )
        let reply = try await iam.answer("CreateUser", ["UserName": "x"], as: caller)
        #expect(reply.errorCode == "AccessDenied" && reply.status == 403)
        #expect(try iam.events().last?.contains(#""errorCode":"AccessDenied""#) == true)
        #expect(try await iam.records(.user).isEmpty)
        _ = try await iam.answer("CreateSAMLProvider", [:])
        #expect(try iam.events().last?.contains(#""errorCode":"UnsupportedOperation""#) == true)
    }

    @Test func `nothing is left of what was deleted`() async throws {
        let iam = try await IAMDeployment()
        let kinds = IdentityDirectory.recordKinds.filter { $0 != .account }
        let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        try await iam.call("CreateUser", ["UserName": "u", "PermissionsBoundary": arn])
        try await iam.call("CreateGroup", ["GroupName": "g"])
        try await iam.call("AddUserToGroup", ["UserName": "u", "GroupName": "g"])
        try await iam.call("AttachGroupPolicy", ["GroupName": "g", "PolicyArn": arn])
        let key = try await iam.key(of: "u")
        try await iam.call("DeleteAccessKey", ["UserName": "u", "AccessKeyId": key])
        try await iam.call("DetachGroupPolicy", ["GroupName": "g", "PolicyArn": arn])
        try await iam.call("RemoveUserFromGroup", ["UserName": "u", "GroupName": "g"])
        try await iam.call("DeleteGroup", ["GroupName": "g"])
        try await iam.call("DeleteUser", ["UserName": "u"])
        for kind in kinds where kind != .policyUsage {
            #expect(try await iam.records(kind).isEmpty, "\(kind)")
        }
        #expect(try await iam.call("GetPolicy", ["PolicyArn": arn]).value(of: "AttachmentCount") == "0")
    }

    @Test func `every record is of a kind that a root rotation seals anew`() async throws {
        let iam = try await IAMDeployment()
        let text = IAMDeployment.allowing("kms:ListKeys")
        try await iam.call("CreateUser", ["UserName": "u"])
        try await iam.call("CreateGroup", ["GroupName": "g"])
        try await iam.call("AddUserToGroup", ["UserName": "u", "GroupName": "g"])
        try await iam.call("CreatePolicy", ["PolicyName": "p", "PolicyDocument": text])
        try await iam.call(
            "AttachUserPolicy",
            ["UserName": "u", "PolicyArn": "arn:aws:iam::111122223333:policy/p"]
        )
        let trust = IAMDeployment.trusting(IAMDeployment.account)
        try await iam.call("CreateRole", ["RoleName": "r", "AssumeRolePolicyDocument": trust])
        try await iam.call("CreateInstanceProfile", ["InstanceProfileName": "i"])
        _ = try await iam.key(of: "u")
        let region = try #require(Region("us-east-1"))
        let name = try #require(RoleName("r"))
        let role = try #require(try await iam.directory.role(name, of: iam.account))
        iam.directory.noteUse(ofRole: role.role.id, region: region, at: iam.now)
        try await iam.directory.flushUses()
        let kinds = Set(try await iam.store.changes(after: 0, limit: 1000).map(\.key.kind))
        #expect(kinds.subtracting(IdentityDirectory.recordKinds).isEmpty)
        #expect(kinds.count == 13)
    }

    @Test func `the policies of AWS are policies`() throws {
        #expect(AWSManagedPolicies.all.count == 9)
        for policy in AWSManagedPolicies.all {
            let text = try #require(policy.defaultVersion?.text)
            #expect(throws: Never.self, "\(policy.arn)") { try PolicyDocument(parsing: text, as: .identity) }
        }
    }
}
