import Foundation
import OperationsTesting
import Storage
import Testing

@testable import SecretsManager

@Suite("RotateSecret and CancelRotateSecret")
struct RotateSecretTests {
    private let secrets: SecretsDeployment
    private let rotator = ScriptedRotator()
    private static let pending = ["SecretId": "app", "VersionStage": "AWSPENDING"]

    init() async throws {
        secrets = try SecretsDeployment()
        try await secrets.prepareRotation()
    }

    @Test func `registers a version without a value`() async throws {
        try await secrets.rotate(2)
        #expect(try await secrets.failure("GetSecretValue", Self.pending).hasPrefix("ResourceNotFound"))
        let listed = try await secrets.call("ListSecretVersionIds", ["SecretId": "app"]).objects("Versions")
        #expect(listed.compactMap { $0["VersionId"] as? String } == [1, 2].map(SecretsDeployment.token))
        try await secrets.put("app", "two", 2, ["AWSPENDING"])
        try await secrets.put("app", "two", 2, ["AWSPENDING"])
        #expect(try await secrets.value("app", Self.pending) == "two")
        let again: [String: Any] = [
            "SecretId": "app", "ClientRequestToken": SecretsDeployment.token(2), "SecretString": "three",
        ]
        #expect(try await secrets.failure("PutSecretValue", again).hasPrefix("ResourceExistsException"))
    }

    @Test(arguments: [
        (
            "RotateSecret", ["SecretId": "app"],
            "InvalidParameterException: You must provide a ClientRequestToken"
        ),
        (
            "RotateSecret", ["SecretId": "none", "ClientRequestToken": SecretsDeployment.token(2)],
            "ResourceNotFound"
        ),
        (
            "RotateSecret", ["SecretId": "app", "ClientRequestToken": SecretsDeployment.token(2)],
            "InvalidRequestException: No Lambda rotation function ARN is associated with this secret."
        ),
        (
            "RotateSecret",
            [
                "SecretId": "app", "ClientRequestToken": SecretsDeployment.token(2),
                "RotationLambdaARN": "arn:aws:lambda:us-east-1:111122223333:function:none",
            ],
            "AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function."
        ),
        (
            "RotateSecret",
            [
                "SecretId": "app", "ClientRequestToken": SecretsDeployment.token(1),
                "RotationLambdaARN": SecretsDeployment.rotator,
            ],
            "InvalidRequestException: You can't use ClientRequestToken"
        ),
        (
            "CancelRotateSecret", ["SecretId": "app"],
            "InvalidRequestException: No Lambda rotation function ARN"
        ),
        ("CancelRotateSecret", ["SecretId": "none"], "ResourceNotFoundException"),
    ])
    func `is refused and changes nothing`(
        _ operation: String,
        _ members: [String: String],
        _ start: String
    ) async throws {
        let before = try await secrets.records()
        let failure = try await secrets.failure(operation, members)
        #expect(failure.hasPrefix(start), "\(failure)")
        #expect(try await secrets.records() == before)
    }

    @Test func `needs the permission to invoke the function`() async throws {
        let before = try await secrets.records()
        let members: [String: Any] = [
            "SecretId": "app", "ClientRequestToken": SecretsDeployment.token(2),
            "RotationLambdaARN": SecretsDeployment.rotator,
        ]
        let user = try SecretsDeployment.user("carol", SecretsDeployment.allow("secretsmanager:*"))
        let failure = try await secrets.asking(as: user).failure("RotateSecret", members)
        #expect(
            failure.contains("lambda:InvokeFunction on resource: \(SecretsDeployment.rotator)"),
            "\(failure)"
        )
        #expect(try await secrets.records() == before)
    }

    @Test func `is refused while a rotation is under way`() async throws {
        try await secrets.rotate(2)
        let before = try await secrets.records()
        let members: [String: Any] = [
            "SecretId": "app", "ClientRequestToken": SecretsDeployment.token(3),
            "RotationRules": ["AutomaticallyAfterDays": 7],
        ]
        #expect(
            try await secrets.failure("RotateSecret", members)
                == "InvalidRequestException: A previous rotation isn't complete. That rotation will be reattempted."
        )
        #expect(try await secrets.records() == before)
        try await secrets.rotate(2)
    }

    @Test func `has a failed rotation tried at once with the same token`() async throws {
        try await secrets.rotate(2)
        let engine = secrets.engine(rotator)
        rotator.fail(.testSecret, .permanent("it does not open"))
        try await engine.run()
        try await engine.run()
        #expect(try await secrets.value("app") == "one")
        try await secrets.rotate(2)
        try await engine.run()
        #expect(try await secrets.value("app") == "made-1")
    }

    @Test func `cancelled, keeps the pending version and does nothing more`() async throws {
        try await secrets.rotate(2, ["RotationRules": ["AutomaticallyAfterDays": 1]])
        rotator.fail(.testSecret)
        let engine = secrets.engine(rotator)
        try await engine.run()
        let answer = try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        #expect(try answer.text("VersionId") == SecretsDeployment.token(2))
        let steps = rotator.steps
        secrets.clock.advance(days: 3)
        try await engine.run()
        #expect(rotator.steps == steps)
        #expect(try await secrets.value("app", Self.pending) == rotator.password)
        let described = try await secrets.call("DescribeSecret", ["SecretId": "app"])
        #expect(described["RotationEnabled"] as? Bool == false)
        #expect(described["NextRotationDate"] == nil && described["LastRotatedDate"] == nil)
        #expect(try described.text("RotationLambdaARN") == SecretsDeployment.rotator)
    }

    @Test func `is abandoned when somebody puts a value of his own`() async throws {
        try await secrets.rotate(2, ["RotationRules": ["AutomaticallyAfterDays": 7]])
        secrets.clock.advance(seconds: 60)
        try await secrets.put("app", "by hand", 3)
        #expect(try await secrets.rotation()?.run == nil)
        #expect(try await secrets.stages(of: "app")[SecretsDeployment.token(2)] == nil)
        try await secrets.engine(rotator).run()
        #expect(rotator.steps.isEmpty)
        #expect(try await secrets.value("app") == "by hand")
        _ = try await secrets.runDueTasks()
        #expect(try secrets.trail.count("RotationAbandoned") == 1)
    }

    @Test func `is abandoned when somebody takes the label away`() async throws {
        try await secrets.rotate(2)
        try await secrets.call(
            "UpdateSecretVersionStage",
            [
                "SecretId": "app", "VersionStage": "AWSPENDING",
                "RemoveFromVersionId": SecretsDeployment.token(2),
            ]
        )
        #expect(try await secrets.rotation()?.run == nil)
        try await secrets.rotate(3)
        try await secrets.engine(rotator).run()
        #expect(try await secrets.value("app") == "made-1")
    }

    @Test func `counts days from a value that somebody put`() async throws {
        try await secrets.rotate(2, ["RotationRules": ["AutomaticallyAfterDays": 7]])
        try await secrets.engine(rotator).run()
        let first = try #require(try await secrets.rotation()?.window)
        secrets.clock.advance(days: 3)
        try await secrets.put("app", "by hand", 3)
        let second = try #require(try await secrets.rotation()?.window)
        #expect(second.opensAt.timeIntervalSince(first.opensAt) == 3 * 86_400)
    }

    @Test func `keeps replicas in step`() async throws {
        try await secrets.call(
            "ReplicateSecretToRegions",
            ["SecretId": "app", "AddReplicaRegions": [["Region": "eu-west-1"]]]
        )
        try await secrets.rotate(2)
        func status() async throws -> [String] {
            try await secrets.call("DescribeSecret", ["SecretId": "app"]).objects("ReplicationStatus")
                .compactMap { $0["Status"] as? String }
        }
        #expect(try await status() == ["InSync"])
        try await secrets.engine(rotator).run()
        #expect(try await status() == ["InSync"])
        #expect(try await secrets.asking(in: "eu-west-1").value("app") == "made-1")
        let failure = try await secrets.asking(in: "eu-west-1").failure(
            "RotateSecret",
            ["SecretId": "app", "ClientRequestToken": SecretsDeployment.token(3)]
        )
        #expect(failure.hasPrefix("InvalidRequestException: Operation not permitted on a replica secret."))
    }

    @Test func `goes on under a key that changes meanwhile`() async throws {
        try await secrets.rotate(2)
        let key = try await secrets.call("CreateKey")
        let id = try #require((key["KeyMetadata"] as? [String: Any])?["KeyId"] as? String)
        try await secrets.call(
            "UpdateSecret",
            ["SecretId": "app", "KmsKeyId": id, "ClientRequestToken": SecretsDeployment.token(9)]
        )
        try await secrets.engine(rotator).run()
        #expect(try await secrets.value("app") == "made-1")
    }

    @Test func `goes with its secret`() async throws {
        try await secrets.rotate(2)
        try await secrets.call("DeleteSecret", ["SecretId": "app", "ForceDeleteWithoutRecovery": true])
        try await secrets.engine(rotator).run()
        #expect(rotator.steps.isEmpty)
        let left = try await secrets.records().map(\.key.kind)
        #expect(!left.contains(.rotationDue) && !left.contains(.rotationLease))
        #expect(left.contains(.rotator))
    }
}
