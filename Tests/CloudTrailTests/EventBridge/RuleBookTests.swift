import AWSProtocol
import Foundation
import Testing

@testable import CloudTrail

@Suite("Telling events of the trail apart")
struct RuleBookTests {
    private func rule(_ pattern: String, _ state: Rule.State = .enabled) throws -> Rule {
        Rule(
            name: "r",
            account: try #require(AccountID("111122223333")),
            region: try #require(Region("us-east-1")),
            pattern: pattern,
            state: state,
            tags: [],
            targets: [RuleTarget(id: "1", arn: "arn:aws:sns:us-east-1:111122223333:t")]
        )
    }

    private func mayWant(_ rules: [Rule], _ record: String) -> Bool {
        let book = RuleBook(rules)
        return Array(record.utf8).withUnsafeBytes { book.mayWant($0) }
    }

    private static let disable =
        #"{"userIdentity":{"eventName":"Other","userName":"\"eventName\":\"X\""},"eventName":"DisableKey","readOnly":false}"#
    private static let encrypt = #"{"eventName":"Encrypt","readOnly":true}"#

    @Test func `wants nothing without rules`() throws {
        #expect(!mayWant([], Self.disable))
        #expect(!mayWant([try rule(#"{"a":["b"]}"#, .disabled)], Self.disable))
    }

    @Test func `looks at the names of calls first`() throws {
        let alarm = try rule(#"{"detail":{"eventName":["DisableKey"]}}"#)
        #expect(mayWant([alarm], Self.disable))
        #expect(
            !mayWant([alarm], Self.disable.replacingOccurrences(of: #""DisableKey""#, with: #""EnableKey""#))
        )
        #expect(!mayWant([alarm], Self.encrypt))
        // What KMS tells of keys has another name on the bus than in the trail.
        #expect(mayWant([alarm], #"{"eventName":"RotateKey","eventType":"AwsServiceEvent"}"#))
    }

    @Test func `wants every call that changes something where a rule names none`() throws {
        let all = try rule(#"{"source":["aws.kms"]}"#)
        #expect(mayWant([all], Self.disable))
        #expect(!mayWant([all], Self.encrypt))
        #expect(mayWant([try rule(#"{"source":["aws.kms"]}"#, .enabledForAll)], Self.encrypt))
    }

    @Test func `wants no call for rules on events of applications and of keys`() throws {
        #expect(!mayWant([try rule(#"{"source":["shop"]}"#)], Self.disable))
        #expect(!mayWant([try rule(#"{"detail-type":["KMS CMK Rotation"]}"#)], Self.disable))
    }

    @Test func `does not lose what it cannot read`() throws {
        let alarm = try rule(#"{"detail":{"eventName":["DisableKey"]}}"#)
        #expect(mayWant([alarm], #"{"eventName":5}"#))
        #expect(mayWant([alarm], "{}"))
    }

    @Test func `gives an event to the rules of its own account and Region`() throws {
        let book = RuleBook([try rule(#"{"detail":{"eventName":["DisableKey"]}}"#)])
        func record(_ account: String, _ region: String) -> [UInt8] {
            Array(
                #"{"eventTime":"2026-01-01T00:00:00Z","eventSource":"kms.amazonaws.com","eventName":"DisableKey","awsRegion":"\#(region)","eventID":"1","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"\#(account)"}"#
                    .utf8
            )
        }
        for (account, region, count) in [
            ("111122223333", "us-east-1", 1), ("444455556666", "us-east-1", 0),
            ("111122223333", "eu-west-1", 0),
        ] {
            let events = TrailEvents.events(of: record(account, region))
            #expect(events.count == 1)
            #expect(events.flatMap { book.matches($0) }.count == count)
        }
        #expect(TrailEvents.events(of: Array("{".utf8)).isEmpty)
        #expect(TrailEvents.events(of: Array(#"{"eventID":"1"}"#.utf8)).isEmpty)
    }
}
