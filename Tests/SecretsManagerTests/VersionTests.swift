import Foundation
import Operations
import OperationsTesting
import SecretsManager
import Storage
import Testing

@Suite("Versions of a secret")
struct VersionTests {
    private let secrets: SecretsDeployment

    init() throws { secrets = try SecretsDeployment() }

    @Test func `are read by label, by id and by both`() async throws {
        let first = SecretsDeployment.token(1)
        try await secrets.makeSecret("s")
        try await secrets.put("s", "two", 2)
        #expect(try await secrets.value("s") == "two")
        #expect(try await secrets.value("s", ["VersionStage": "AWSPREVIOUS"]) == "one")
        #expect(try await secrets.value("s", ["VersionId": first]) == "one")
        #expect(try await secrets.value("s", ["VersionId": first, "VersionStage": "AWSPREVIOUS"]) == "one")
        #expect(
            try await secrets.failure(
                "GetSecretValue",
                ["SecretId": "s", "VersionId": first, "VersionStage": "AWSCURRENT"]
            )
                == "InvalidRequestException: You provided a VersionStage that is not associated to the provided "
                + "VersionId."
        )
        #expect(
            try await secrets.failure("GetSecretValue", ["SecretId": "s", "VersionStage": "AWSPENDING"])
                == "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging "
                + "label: AWSPENDING"
        )
        let missing = SecretsDeployment.token(9)
        #expect(
            try await secrets.failure("GetSecretValue", ["SecretId": "s", "VersionId": missing])
                == "ResourceNotFoundException: Secrets Manager can't find the specified secret value for "
                + "VersionId: \(missing)"
        )
    }

    @Test func `are made once for a token`() async throws {
        try await secrets.makeSecret("s")
        try await secrets.put("s", "two", 2)
        let before = try await secrets.records()
        try await secrets.put("s", "two", 2)
        #expect(try await secrets.records() == before)
        let refusal = try await secrets.failure(
            "PutSecretValue",
            ["SecretId": "s", "SecretString": "other", "ClientRequestToken": SecretsDeployment.token(2)]
        )
        #expect(refusal.hasPrefix("ResourceExistsException: You can't use ClientRequestToken"))
        #expect(try await secrets.records() == before)
        #expect(
            try await secrets.failure(
                "UpdateSecret",
                ["SecretId": "s", "SecretString": "two", "ClientRequestToken": SecretsDeployment.token(2)]
            ).hasPrefix("ResourceExistsException")
        )
    }

    @Test func `of one token written at once with different values have one winner`() async throws {
        try await secrets.makeSecret("s")
        let outcomes = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
            for number in 0..<8 {
                group.addTask { [secrets] in
                    let reply = try await secrets.reply(
                        "PutSecretValue",
                        [
                            "SecretId": "s", "SecretString": "value \(number)",
                            "ClientRequestToken": SecretsDeployment.token(2),
                        ]
                    )
                    return (number, reply.errorCode)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let winners = outcomes.filter { $0.1 == nil }
        #expect(winners.count == 1)
        #expect(Set(outcomes.compactMap(\.1)) == ["ResourceExistsException"])
        #expect(try await secrets.value("s") == "value \(try #require(winners.first).0)")
    }

    @Test func `of many writers at once are all there`() async throws {
        try await secrets.makeSecret("s")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 2..<18 {
                group.addTask { [secrets] in try await secrets.put("s", "value \(number)", number) }
            }
            try await group.waitForAll()
        }
        let answer = try await secrets.call(
            "ListSecretVersionIds",
            ["SecretId": "s", "IncludeDeprecated": true]
        )
        #expect(try answer.objects("Versions").count == 17)
        let stages = try await secrets.stages(of: "s").values.flatMap { $0 }
        #expect(stages.sorted() == ["AWSCURRENT", "AWSPREVIOUS"])
    }

    @Test func `of another node are seen once the feed tells of them, and lost to nobody before`()
        async throws
    {
        try await secrets.makeSecret("s")
        let other = try SecretsDeployment(sharing: secrets)
        #expect(try await other.value("s") == "one")
        try await secrets.put("s", "two", 2)
        // The other node does not know of the second version yet, and must not undo it.
        try await other.put("s", "three", 3)
        #expect(try await other.value("s", ["VersionStage": "AWSPREVIOUS"]) == "two")
        for key in try await secrets.records().map(\.key) { secrets.service.invalidate(key) }
        #expect(try await secrets.value("s") == "three")
        #expect(try await secrets.stages(of: "s").count == 2)
    }

    @Test func `of two creations at once have one winner`() async throws {
        let codes = try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<8 {
                group.addTask { [secrets] in
                    try await secrets.reply(
                        "CreateSecret",
                        [
                            "Name": "race", "SecretString": "value",
                            "ClientRequestToken": SecretsDeployment.token(number),
                        ]
                    ).errorCode
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count { $0 == nil } == 1)
        #expect(Set(codes.compactMap(\.self)) == ["ResourceExistsException"])
    }

    @Test func `lie in the store under keys of their own and nowhere in the clear`() async throws {
        try await secrets.makeSecret("s", "correct horse battery")
        let plain = Array("correct horse battery".utf8)
        let opened = try await secrets.sealed.scan(
            .init("secrets.value"),
            prefix: "",
            after: nil,
            limit: 10
        )
        #expect(opened.count == 1)
        for bytes in opened.map(\.value) {
            #expect(!bytes.contains(sequence: plain))
            #expect(!bytes.contains(sequence: Array(Data(plain).base64EncodedString().utf8)))
        }
        _ = try await secrets.value("s")
        #expect(!(try secrets.trail.text().contains("correct horse")))
    }

    @Test func `are listed a page at a time`() async throws {
        try await secrets.makeSecret("s")
        for number in 2...7 {
            try await secrets.put("s", "value", number)
            secrets.clock.advance(days: 0.01)
        }
        var (ids, token): ([String], String?) = ([], nil)
        repeat {
            var members: [String: Any] = ["SecretId": "s", "MaxResults": 3, "IncludeDeprecated": true]
            members["NextToken"] = token
            let page = try await secrets.call("ListSecretVersionIds", members)
            ids += try page.objects("Versions").compactMap { $0["VersionId"] as? String }
            token = page["NextToken"] as? String
        } while token != nil
        #expect(ids == (1...7).map(SecretsDeployment.token))
        #expect(
            try await secrets.failure("ListSecretVersionIds", ["SecretId": "s", "NextToken": "AAAA"])
                == "InvalidNextTokenException: The NextToken value is invalid."
        )
    }

    @Test func `are answered on the fast lane once they are in memory`() async throws {
        try await secrets.makeSecret("s")
        #expect(try secrets.replyNow("GetSecretValue", ["SecretId": "other"]) == nil)
        _ = try await secrets.value("s")
        let reply = try #require(try secrets.replyNow("GetSecretValue", ["SecretId": "s"]))
        #expect(try Answer(reply.body).text("SecretString") == "one")
        try await secrets.put("s", "two", 2)
        #expect(try secrets.replyNow("GetSecretValue", ["SecretId": "s"]) == nil)
    }
}

extension [UInt8] {
    fileprivate func contains(sequence: [UInt8]) -> Bool {
        guard count >= sequence.count else { return false }
        return (0...(count - sequence.count)).contains { start in
            self[start..<(start + sequence.count)].elementsEqual(sequence)
        }
    }
}
