import AWSProtocol
import Authorization
import Cryptography
import Foundation
import Testing

@testable import IAM
@testable import Operations

@Suite("Messages of denials")
struct AuthorizationMessageTests {
    private let keyring = RootKeyring.generate(now: Moment.after(-1_000))
    private let account = "111122223333"
    private let other = "444455556666"

    private struct Conditions: ServiceConditions {
        var tags: [String: String] = [:]
        var endpoint: String?

        var reportedKeys: [String] { tags.keys.sorted().map { "aws:ResourceTag/\($0)" } }

        func values(for key: ConditionKey) -> ConditionValues? {
            if key.name == "sns:endpoint" { return endpoint.map { .single($0) } }
            return tags.first { key.names(tag: $0.key) }.map { .single($0.value) }
        }
    }

    /// A denial by a policy of the caller, and one of a resource, of whichever account.
    private func denial(
        identity: String,
        resource: String? = nil,
        owner: String? = nil,
        conditions: Conditions = Conditions(tags: ["team": "red"]),
        concealing: String? = nil
    ) throws -> Denial {
        let policies = [try PolicyDocument(parsing: identity, as: .identity, named: "own")]
        let caller = Caller(
            type: .user,
            arn: "arn:aws:iam::\(account):user/carol",
            account: account,
            uniqueID: "AIDACAROLCAROLCAROL",
            identityPolicies: policies
        )
        let owner = owner ?? account
        let policy = try resource.map { try PolicyDocument(parsing: $0, as: .key) }
        return Denial(
            call: Call(
                caller: caller,
                region: try required(Region("us-east-1")),
                now: Moment.now,
                source: CallSource(ipAddress: "192.0.2.7", userAgent: "tests"),
                accessKeyID: nil
            ),
            requirement: Requirement(
                "kms:Decrypt",
                on: ProtectedResource(
                    arn: "arn:aws:kms:us-east-1:\(owner):key/1234",
                    account: try required(AccountID(owner)),
                    type: "AWS::KMS::Key",
                    policy: policy,
                    delegation: .required
                ),
                conditions: conditions,
                allowsOtherAccounts: true,
                concealingDenial: concealing
            )
        )
    }

    private func encode(_ denial: Denial, _ keyring: RootKeyring? = nil) throws -> String {
        try AuthorizationMessage.encode(denial, denial.explanation(), keyring: keyring ?? self.keyring)
    }

    private func decode(_ denial: Denial) throws -> String {
        let message = try encode(denial)
        #expect(message.utf8.count <= AuthorizationMessage.lengthMax)
        return try required(AuthorizationMessage.decode(message, for: account, keyring: keyring))
    }

    private func conditions(in message: String) throws -> [String: [String]] {
        let items = try JSON.parse(message)["context"]?["conditions"]?["items"]?.elements ?? []
        return Dictionary(
            uniqueKeysWithValues: items.map { item in
                let values = item["values"]?["items"]?.elements ?? []
                return (item["key"]?.text ?? "", values.map { $0["value"]?.text ?? "" })
            }
        )
    }

    private static func policy(_ effect: String, _ rest: String = #""Resource":"*""#) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},"#
            + #"{"Sid":"One","Effect":"\#(effect)","Action":["kms:Decrypt","kms:Encrypt"],\#(rest)}]}"#
    }

    private static let keyPolicy =
        #"{"Version":"2012-10-17","Statement":{"Sid":"Key","Effect":"Deny","Principal":{"AWS":["*"]},"#
        + #""NotAction":"kms:Sign","Resource":"*"}}"#

    @Test func `have AWS's form`() throws {
        let condition =
            #""NotResource":"arn:aws:kms:*:*:alias/x","Condition":{"StringNotLike":{"aws:SourceIp":["10.*","::1"]}}"#
        let message = try decode(try denial(identity: Self.policy("Deny", condition)))
        let expected =
            #"{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"One","#
            + #""effect":"DENY","principals":{"items":[{"value":"AIDACAROLCAROLCAROL"}]},"#
            + #""principalGroups":{"items":[]},"actions":{"items":[{"value":"kms:Decrypt"},"#
            + #"{"value":"kms:Encrypt"}]},"notResources":{"items":[{"value":"arn:aws:kms:*:*:alias/x"}]},"#
            + #""conditions":{"items":[{"operator":"StringNotLike","key":"aws:sourceip","#
            + #""values":{"items":[{"value":"10.*"},{"value":"::1"}]}}]}}]},"failures":{"items":[]},"#
            + #""context":{"principal":{"id":"AIDACAROLCAROLCAROL","#
            + #""arn":"arn:aws:iam::111122223333:user/carol"},"action":"kms:Decrypt","#
            + #""resource":"arn:aws:kms:us-east-1:111122223333:key/1234","conditions":{"items":["#
        #expect(message.hasPrefix(expected), "\(message)")
        let context = try conditions(in: message)
        #expect(context["aws:SourceIp"] == ["192.0.2.7"])
        #expect(context["aws:ResourceTag/team"] == ["red"])
        #expect(context["aws:PrincipalArn"] == ["arn:aws:iam::111122223333:user/carol"])
    }

    @Test func `tell of statements on the resource, and of none where nothing matched`() throws {
        let message = try decode(try denial(identity: Self.policy("Allow"), resource: Self.keyPolicy))
        let items = try JSON.parse(message)["matchedStatements"]?["items"]?.elements ?? []
        #expect(items.map { $0["statementId"]?.text } == ["Key", "One"])
        #expect(items[0]["notActions"]?["items"]?.elements?.first?["value"]?.text == "kms:Sign")
        #expect(items[0]["principals"]?["items"]?.elements?.first?["value"]?.text == "*")
        let none = try decode(try denial(identity: #"{"Version":"2012-10-17","Statement":[]}"#))
        #expect(none.hasPrefix(#"{"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]}"#))
    }

    @Test func `tell an account nothing of another's policies and tags`() throws {
        let foreign = try denial(identity: Self.policy("Allow"), resource: Self.keyPolicy, owner: other)
        let message = try decode(foreign)
        #expect(!message.contains("NotAction") && !message.contains(#""Key""#) && !message.contains("red"))
        #expect(message.contains(#""explicitDeny":true"#) && message.contains("444455556666:key/1234"))
        #expect(try AuthorizationMessage.decode(encode(foreign), for: other, keyring: keyring) == nil)
        let concealed = try denial(
            identity: Self.policy("Allow"),
            resource: Self.keyPolicy,
            owner: other,
            concealing: "The ciphertext refers to a key that does not exist."
        )
        let told = try decode(concealed)
        #expect(told.contains(#""resource":"*""#) && told.contains(#""explicitDeny":false"#))
        #expect(!told.contains("key/1234"))
    }

    @Test func `never tell the address of a subscription, and the log does not either`() throws {
        let condition = #""Resource":"*","Condition":{"StringLike":{"sns:Endpoint":"https://hooks/*"}}"#
        let denial = try denial(
            identity: Self.policy("Deny", condition),
            conditions: Conditions(endpoint: "https://hooks/hunter2")
        )
        #expect(!denial.explanation().statements.map(\.outcome).joined().contains("hunter2"))
        let message = try decode(denial)
        #expect(!message.contains("hunter2"))
        #expect(try conditions(in: message)["sns:endpoint"] == ["<redacted>"])
    }

    @Test func `lose statements, then conditions, before they grow too long`() throws {
        let actions = (0..<40).map { #""kms:Action\#($0)""# }.joined(separator: ",")
        let statement = #"{"Effect":"Deny","Action":["kms:*",\#(actions)],"Resource":"*"}"#
        let statements = Array(repeating: statement, count: 40).joined(separator: ",")
        let policy = #"{"Version":"2012-10-17","Statement":[\#(statements)]}"#
        func counts(_ denial: Denial) throws -> (Int, Int) {
            let json = try JSON.parse(try decode(denial))
            return (
                json["matchedStatements"]?["items"]?.elements?.count ?? -1,
                json["context"]?["conditions"]?["items"]?.elements?.count ?? -1
            )
        }
        let many = try counts(try denial(identity: policy))
        #expect(many.0 > 1 && many.0 < 40 && many.1 > 8)
        var tags: [String: String] = [:]
        for number in 0..<50 { tags["tag\(number)"] = String(repeating: "\"", count: 256) }
        let tagged = try counts(try denial(identity: policy, conditions: Conditions(tags: tags)))
        #expect(tagged.0 == 0 && tagged.1 > 8 && tagged.1 < 50)
    }

    @Test func `open after a rotation of the root key, and under a key that all nodes have`() throws {
        let denial = try denial(identity: Self.policy("Deny"))
        let rotated = try required(keyring.rotated(now: Moment.now))
        let open = { AuthorizationMessage.decode($0, for: account, keyring: $1) }
        #expect(open(try encode(denial), rotated) != nil)
        #expect(open(try encode(denial, rotated), keyring) != nil)
        #expect(open(try encode(denial), RootKeyring.generate(now: Moment.now)) == nil)
    }

    @Test func `with any letter changed, cut or added do not open`() throws {
        let message = try encode(try denial(identity: Self.policy("Deny")))
        let open = { AuthorizationMessage.decode($0, for: account, keyring: keyring) }
        let letters = Array(message.utf8)
        for index in letters.indices {
            var changed = letters
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(open(String(decoding: changed, as: UTF8.self)) == nil, "letter \(index)")
        }
        for count in letters.indices { #expect(open(String(message.prefix(count))) == nil) }
        for added in ["A", "=", "AAAA", "\n", " "] { #expect(open(message + added) == nil) }
    }

    @Test func `are not made of garbage, nor of what was sealed for another purpose`() throws {
        var random = SystemRandomNumberGenerator()
        let open = { AuthorizationMessage.decode($0, for: account, keyring: keyring) }
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0 ... .max, using: &random)
            }
            #expect(open(Base64URL.encode(bytes)) == nil)
            #expect(open(String(decoding: bytes, as: UTF8.self)) == nil)
        }
        for purpose in KeyPurpose.allCases where purpose != .authorizationMessages {
            let sealed = try KeyWrap(keyring: keyring, purpose: purpose).seal(
                record: Array("{}".utf8),
                authenticating: LengthPrefixed.bytes(of: "authorization message 1", account)
            )
            #expect(open(Base64URL.encode(sealed)) == nil, "\(purpose)")
        }
    }

    @Test func `are written in the letters that read strictly`() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 251 * $0 + 250) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text.utf8) == bytes && !text.contains("="))
        }
    }
}
