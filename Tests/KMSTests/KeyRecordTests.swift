import AWSProtocol
import Cryptography
import Foundation
import Testing

@testable import KMS
@testable import Storage

/// Keys write their records themselves, in the form that their members have.
@Suite("Key's record")
struct KeyRecordTests {
    private static let now = Date(timeIntervalSince1970: 1_763_777_849.125)

    private static func key(_ change: (inout Key) -> Void = { _ in }) throws -> Key {
        var key = Key(
            locator: KeyLocator(try #require(Region("us-east-1")), .generate(multiRegion: false, at: .now)),
            account: try #require(AccountID("000000000000")),
            createdAt: now,
            spec: .symmetricDefault,
            usage: .encryptDecrypt,
            origin: .awsKMS,
            manager: .customer,
            description: "",
            policy: .standard(for: try #require(AccountID("000000000000"))),
            tags: [],
            multiRegion: nil
        )
        change(&key)
        return key
    }

    private static func material(_ state: KeyMaterial.State, _ wrapped: [UInt8]?) throws -> KeyMaterial {
        let id = try #require(KeyMaterialID(bytes: (0..<32).map { UInt8($0) }))
        return KeyMaterial(id: id, wrapped: wrapped, state: state, createdAt: now)
    }

    private static func keys() throws -> [Key] {
        let primary = try #require(Region("us-east-1"))
        let replica = try #require(Region("eu-central-1"))
        let alias = try #require(AliasName("alias/one"))
        var rotated = try material(.nonCurrent, [1, 2, 3])
        rotated.rotation = KeyMaterial.Rotation(date: now, type: .onDemand)
        var imported = try material(.current, nil)
        imported.imported = KeyMaterial.ImportDetails(description: "a \"b\"", validTo: now)
        let materials = [rotated, imported, try material(.pendingRotation, [])]
        let states: [KeyState] = [
            .enabled, .disabled, .pendingImport, .pendingDeletion(at: now),
            .pendingReplicaDeletion(windowDays: 7),
        ]
        return try states.map { state in try key { $0.state = state } } + [
            key { $0.materials = materials },
            key { $0.publicKey = [0xFF, 0, 1] },
            key { $0.description = "\"\\/\n\r\t\u{1}\u{1F}\u{7F} \u{E9}\u{1F511}" },
            key { $0.tags = [Tag(key: "a", value: "\"1\""), Tag(key: "\u{E9}", value: "")] },
            key { $0.aliases = [alias] },
            key {
                $0.policy = KeyPolicy(
                    text: "{\n\t\"a\": \"\\u0001\"\n}",
                    principalIDs: ["arn:\"x\"": "AID\n"]
                )
            },
            key { $0.rotation = RotationSchedule(periodDays: 90, from: now) },
            key { $0.onDemandRotations = 3 },
            key { $0.multiRegion = MultiRegion(primary: primary, replicas: [replica]) },
        ]
    }

    @Test func `is byte for byte what its members give`() throws {
        for key in try Self.keys() {
            let written = try RecordMembers.encode(key)
            let expected = try RecordEncoder.encode(key)
            #expect(written == expected, "\(String(decoding: written, as: UTF8.self))")
            let record = Record(key: key.locator.recordKey, value: written, version: 1)
            #expect(try RecordCodec.decode(Key.self, from: record) == key)
        }
    }

    @Test func `is what the store is given`() throws {
        let key = try Self.key()
        #expect(try RecordCodec.encode(key) == RecordMembers.encode(key))
    }

    @Test func `is refused for a date that is no number`() throws {
        let key = try Self.key { $0.state = .pendingDeletion(at: Date(timeIntervalSince1970: .nan)) }
        #expect(throws: KMSError.self) { try RecordCodec.encode(key) }
    }
}
