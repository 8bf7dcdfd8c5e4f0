import Authorization
import Foundation
import KMS
import OperationsTesting
import Testing

/// The rows of "Key states of AWS KMS keys" (KMS Developer Guide) for the operations of rotation, import,
/// multi-Region keys and deletion.
@Suite("Key states and lifecycle operations")
struct LifecycleStateTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    /// What an operation does in one state.
    enum Outcome: String, Sendable {
        case works = "no error"
        case disabled = "DisabledException: ARN is disabled."
        case pendingDeletion = "KMSInvalidStateException: ARN is pending deletion."
        case notPendingDeletion =
            "KMSInvalidStateException: ARN is not pending deletion (or pending replica deletion)."
        case pendingImport = "KMSInvalidStateException: ARN is pending import."
        case origin =
            "UnsupportedOperationException: ARN origin is EXTERNAL which is not valid for this operation."
    }

    /// An operation with what it does to keys that are enabled, disabled, pending deletion, pending import.
    struct Row: Sendable, CustomTestStringConvertible {
        let operation: String
        let outcomes: [Outcome]
        var testDescription: String { operation }

        init(_ operation: String, _ outcomes: Outcome...) {
            self.operation = operation
            self.outcomes = outcomes
        }
    }

    static let rows = [
        Row("EnableKeyRotation", .works, .disabled, .pendingDeletion, .origin),
        Row("DisableKeyRotation", .works, .disabled, .pendingDeletion, .origin),
        Row("GetKeyRotationStatus", .works, .works, .works, .origin),
        Row("ListKeyRotations", .works, .works, .works, .works),
        Row("RotateKeyOnDemand", .works, .disabled, .pendingDeletion, .pendingImport),
        Row("ReplicateKey", .works, .disabled, .pendingDeletion, .pendingImport),
        Row("UpdatePrimaryRegion", .works, .disabled, .pendingDeletion, .pendingImport),
        Row("ScheduleKeyDeletion", .works, .works, .pendingDeletion, .works),
        Row("CancelKeyDeletion", .notPendingDeletion, .notPendingDeletion, .works, .notPendingDeletion),
        Row("GetKeyLastUsage", .works, .works, .works, .works),
        Row("EnableKey", .works, .works, .pendingDeletion, .pendingImport),
        Row("DisableKey", .works, .works, .pendingDeletion, .pendingImport),
    ]

    /// A key in each state, in the order of a row's outcomes.
    private func makeKeys(for operation: String) async throws -> [String] {
        let enabled = try await kms.makeKey(["MultiRegion": true])
        let disabled = try await kms.makeKey(["MultiRegion": true])
        let ending = try await kms.makeKey(["MultiRegion": true])
        let importing = try await kms.makeExternalKey(["MultiRegion": true])
        if operation == "UpdatePrimaryRegion" {
            try await kms.importMaterial(KMSDeployment.material(1), into: importing)
            for key in [enabled, disabled, ending, importing] {
                try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
            }
            try await kms.call("DeleteImportedKeyMaterial", ["KeyId": importing])
        }
        try await kms.call("DisableKey", ["KeyId": disabled])
        try await kms.call("ScheduleKeyDeletion", ["KeyId": ending])
        return [enabled, disabled, ending, importing]
    }

    @Test(arguments: rows)
    func `decide as AWS says`(_ row: Row) async throws {
        let states = ["Enabled", "Disabled", "PendingDeletion", "PendingImport"]
        for (index, key) in try await makeKeys(for: row.operation).enumerated() {
            let before = try await kms.records()
            let answer = try await kms.failure(
                row.operation,
                ["KeyId": key, "ReplicaRegion": "eu-west-1", "PrimaryRegion": "eu-west-1"]
            )
            let expected = row.outcomes[index].rawValue.replacing("ARN", with: kms.arn(key))
            #expect(answer == expected, "\(row.operation) of a key that is \(states[index])")
            if row.outcomes[index] != .works { #expect(try await kms.records() == before) }
        }
    }

    @Test func `decide of imported material as AWS says`() async throws {
        let key = try await kms.makeExternalKey()
        let request = try await kms.importRequest(KMSDeployment.material(1), into: key)
        let parameters = KMSDeployment.parameters(for: key)
        let pendingDeletion = Outcome.pendingDeletion.rawValue.replacing("ARN", with: kms.arn(key))
        #expect(try await kms.failure("GetParametersForImport", parameters) == "no error")
        #expect(try await kms.failure("ImportKeyMaterial", request) == "no error")
        #expect(try await kms.failure("GetParametersForImport", parameters) == "no error")
        #expect(try await kms.failure("ImportKeyMaterial", request) == "no error")
        try await kms.call("DisableKey", ["KeyId": key])
        #expect(try await kms.failure("GetParametersForImport", parameters) == "no error")
        #expect(try await kms.failure("ImportKeyMaterial", request) == "no error")
        #expect(try await kms.state(of: key) == "Disabled")
        try await kms.call("ScheduleKeyDeletion", ["KeyId": key])
        #expect(try await kms.failure("GetParametersForImport", parameters) == pendingDeletion)
        #expect(try await kms.failure("ImportKeyMaterial", request) == pendingDeletion)
        #expect(try await kms.failure("DeleteImportedKeyMaterial", ["KeyId": key]) == "no error")
    }

    @Test(arguments: [
        "EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus", "ListKeyRotations",
        "RotateKeyOnDemand", "ReplicateKey", "UpdatePrimaryRegion", "ScheduleKeyDeletion",
        "CancelKeyDeletion", "GetKeyLastUsage", "GetParametersForImport", "DeleteImportedKeyMaterial",
        "ImportKeyMaterial",
    ])
    func `do not matter to those who may not know of the key`(_ operation: String) async throws {
        let key = try await kms.makeKey(["MultiRegion": true])
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
        var members = KMSDeployment.parameters(for: kms.arn(key))
        members["ReplicaRegion"] = "ap-south-1"
        members["PrimaryRegion"] = "eu-west-1"
        members["ImportToken"] = "AAAA"
        members["EncryptedKeyMaterial"] = "AAAA"
        members["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE"
        let before = try await kms.records()
        let bob = kms.asking(as: try KMSDeployment.user("bob"))
        let refusal = try await bob.failure(operation, members)
        #expect(
            refusal
                == "AccessDeniedException: User: \(bob.caller.arn) is not authorized to perform: "
                + "kms:\(operation) on resource: \(kms.arn(key)) because no identity-based policy allows "
                + "the kms:\(operation) action"
        )
        let stranger = kms.asking(
            as: try KMSDeployment.user(
                "carol",
                account: KMSDeployment.otherAccount,
                KMSDeployment.allowing("kms:*")
            )
        )
        #expect(try await stranger.code(operation, members) == "AccessDeniedException")
        #expect(try await kms.records() == before)
    }
}
