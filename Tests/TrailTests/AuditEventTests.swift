import Foundation
import Testing

@testable import Trail

@Suite("AuditEvent")
struct AuditEventTests {
    private func event(_ identity: AuditIdentity = AuditIdentity(kind: .unknown)) -> AuditEvent {
        AuditEvent(
            userIdentity: identity.rendered,
            eventTime: Date(timeIntervalSince1970: 1_795_236_000.9),
            eventSource: "kms.amazonaws.com",
            eventName: "Decrypt",
            awsRegion: "us-east-1",
            sourceIPAddress: "192.0.2.1",
            userAgent: "aws-cli/2",
            requestID: EventUUID(high: 0x0102_0304_0506_4708, low: 0x890a_0b0c_0d0e_0f10),
            eventID: EventUUID(high: 0, low: .max),
            recipientAccountID: "111122223333"
        )
    }

    private func object(_ event: borrowing AuditEvent) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(event.render())) as? [String: Any])
    }

    @Test func `is written as CloudTrail writes it, member by member`() {
        var event = event(
            AuditIdentity(
                kind: .iamUser,
                principalID: "AIDA",
                arn: "arn:aws:iam::111122223333:user/a",
                accountID: "111122223333",
                accessKeyID: "AKIA",
                userName: "a"
            )
        )
        event.errorCode = "IncorrectKeyException"
        event.errorMessage = "wrong"
        event.requestParameters = Array(#"{"keyId":"k"}"#.utf8)
        event.additionalEventData = Array(#"{"keyMaterialId":"m"}"#.utf8)
        event.readOnly = true
        event.resources = [
            .init(accountID: "111122223333", type: "AWS::KMS::Key", arn: "arn:1"),
            .init(accountID: "111122223333", type: "AWS::KMS::Key", arn: "arn:2"),
        ]
        event.sharedEventID = "s"
        event.tlsDetails = .init(
            tlsVersion: "TLSv1.3",
            cipherSuite: "TLS_AES_128_GCM_SHA256",
            clientProvidedHostHeader: "kms"
        )
        let expected =
            #"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDA","#
            + #""arn":"arn:aws:iam::111122223333:user/a","accountId":"111122223333","accessKeyId":"AKIA","#
            + #""userName":"a"},"eventTime":"2026-11-21T04:40:00Z","eventSource":"kms.amazonaws.com","#
            + #""eventName":"Decrypt","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1","#
            + #""userAgent":"aws-cli/2","errorCode":"IncorrectKeyException","errorMessage":"wrong","#
            + #""requestParameters":{"keyId":"k"},"responseElements":null,"#
            + #""additionalEventData":{"keyMaterialId":"m"},"requestID":"01020304-0506-4708-890a-0b0c0d0e0f10","eventID":"00000000-0000-0000-ffff-ffffffffffff","readOnly":true,"#
            + #""resources":[{"accountId":"111122223333","type":"AWS::KMS::Key","ARN":"arn:1"},"#
            + #"{"accountId":"111122223333","type":"AWS::KMS::Key","ARN":"arn:2"}],"#
            + #""eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","#
            + #""sharedEventID":"s","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","#
            + #""cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"kms"}}"#
        #expect(text(event.render()) == expected)
    }

    @Test func `says null for parameters and response it does not have and nothing for the rest`() throws {
        let object = try object(event())
        #expect(object["requestParameters"] is NSNull)
        #expect(object["responseElements"] is NSNull)
        for name in [
            "errorCode", "errorMessage", "additionalEventData", "resources", "sharedEventID", "tlsDetails",
        ] {
            #expect(object[name] == nil, "\(name)")
        }
    }

    @Test func `writes an event of the platform without a type of identity`() {
        var event = event(.platform(accountID: "111122223333"))
        event.eventType = .serviceEvent
        event.serviceEventDetails = Array(#"{"keyId":"k"}"#.utf8)
        let written = text(event.render())
        #expect(written.contains(#""userIdentity":{"accountId":"111122223333","invokedBy":"AWS Internal"}"#))
        #expect(written.contains(#""eventType":"AwsServiceEvent""#))
        #expect(written.contains(#""serviceEventDetails":{"keyId":"k"},"eventCategory""#))
    }

    @Test func `writes where temporary credentials came from`() {
        let context = AuditIdentity.SessionContext(
            issuer: .init(
                type: "Role",
                principalID: "AROA",
                arn: "arn:aws:iam::111122223333:role/r",
                accountID: "111122223333",
                userName: "r"
            ),
            webIdentity: .init(provider: "idp", attributes: ["b": "2", "a\"": "1"]),
            sourceIdentity: "alice",
            creationDate: "2026-11-21T05:00:00Z",
            isMFAAuthenticated: true
        )
        let written = text(
            event(
                AuditIdentity(
                    kind: .assumedRole,
                    principalID: "AROA:s",
                    accountID: "111122223333",
                    sessionContext: context,
                    invokedBy: "s3.amazonaws.com"
                )
            ).render()
        )
        let expected =
            #""userIdentity":{"type":"AssumedRole","principalId":"AROA:s","accountId":"111122223333","#
            + #""sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA","#
            + #""arn":"arn:aws:iam::111122223333:role/r","accountId":"111122223333","userName":"r"},"#
            + #""webIdFederationData":{"federatedProvider":"idp","attributes":{"a\"":"1","b":"2"}},"#
            + #""attributes":{"creationDate":"2026-11-21T05:00:00Z","mfaAuthenticated":"true"},"#
            + #""sourceIdentity":"alice"},"invokedBy":"s3.amazonaws.com"}"#
        #expect(written.contains(expected))
    }

    @Test(arguments: 0..<100 as Range<UInt64>) func `gives back every text through a JSON parser`(
        seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let scalars: [Unicode.Scalar] = [
            "\"", "\\", "\n", "\r", "\t", "\0", "\u{1F}", "\u{7F}", "a", "é", "漢", "🔑", "\u{2028}", "/",
        ]
        var event = event()
        var agent = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...60, using: &generator) {
            agent.append(scalars[Int.random(in: 0..<scalars.count, using: &generator)])
        }
        event.userAgent = String(agent)
        event.errorMessage = text(generator.bytes(40))
        #expect(!event.render().contains(0x0A), "seed \(seed)")
        let object = try object(event)
        #expect(object["userAgent"] as? String == event.userAgent, "seed \(seed)")
        #expect(object["errorMessage"] as? String == event.errorMessage, "seed \(seed)")
    }

    @Test(arguments: 0...9) func `cuts a text between characters and not within one`(offset: Int) throws {
        var event = event()
        event.userAgent = String(repeating: "a", count: offset) + String(repeating: "🔑", count: 2_000)
        let written = try #require(try object(event)["userAgent"] as? String)
        #expect(event.userAgent.hasPrefix(written))
        #expect((1_021...1_024).contains(written.utf8.count))
    }

    @Test func `says of parameters that are too long how long they were`() throws {
        var event = event()
        event.requestParameters = Array(("\"" + String(repeating: "x", count: 100 * 1_024) + "\"").utf8)
        let parameters = try #require(try object(event)["requestParameters"] as? [String: Any])
        #expect(parameters["omitted"] as? Bool == true)
        #expect(parameters["originalSize"] as? Int == 100 * 1_024 + 2)
    }

    @Test func `fits into a record however long and strange every field is`() throws {
        let nasty = String(repeating: "\u{1}", count: 10_000)
        let fragment = Array(("\"" + String(repeating: "x", count: 102_398) + "\"").utf8)
        var event = event(
            AuditIdentity(
                kind: .webIdentityUser,
                principalID: nasty,
                arn: nasty,
                accountID: nasty,
                accessKeyID: nasty,
                userName: nasty,
                sessionContext: .init(
                    issuer: .init(
                        type: nasty,
                        principalID: nasty,
                        arn: nasty,
                        accountID: nasty,
                        userName: nasty
                    ),
                    webIdentity: .init(
                        provider: nasty,
                        attributes: Dictionary(
                            uniqueKeysWithValues: (0..<200).map { ("\($0)" + nasty, nasty) }
                        )
                    ),
                    sourceIdentity: nasty,
                    creationDate: nasty
                ),
                identityProvider: nasty,
                invokedBy: nasty
            )
        )
        event.eventSource = nasty
        event.eventName = nasty
        event.awsRegion = nasty
        event.sourceIPAddress = nasty
        event.userAgent = nasty
        event.errorCode = nasty
        event.errorMessage = nasty
        event.recipientAccountID = nasty
        event.sharedEventID = nasty
        event.requestParameters = fragment
        event.responseElements = fragment
        event.serviceEventDetails = fragment
        event.additionalEventData = Array(fragment.prefix(28 * 1_024 - 1)) + [0x22]
        event.resources = Array(repeating: .init(accountID: nasty, type: nasty, arn: nasty), count: 100)
        event.tlsDetails = .init(tlsVersion: nasty, cipherSuite: nasty, clientProvidedHostHeader: nasty)
        let bytes = event.render()
        #expect(bytes.count > 600_000)
        #expect(bytes.count <= TrailLimits.eventBytesMax)
        #expect((try object(event)["resources"] as? [Any])?.count == 16)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (1_709_164_800, "2024-02-29T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
        (1_798_761_599, "2026-12-31T23:59:59Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ])
    func `writes and reads times`(seconds: Int, expected: String) {
        let date = Date(timeIntervalSince1970: Double(seconds))
        #expect(EventTime.text(date) == expected)
        #expect(EventTime.parse(expected.utf8) == date)
        #expect(EventTime.text(date + 0.999) == expected)
    }

    @Test func `agrees with Foundation on times all over the calendar`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<3_000 {
            let seconds = Int.random(in: 0...253_402_300_799, using: &generator)
            let date = Date(timeIntervalSince1970: Double(seconds))
            #expect(EventTime.text(date) == date.formatted(.iso8601), "\(seconds)")
            #expect(EventTime.parse(EventTime.text(date).utf8) == date, "\(seconds)")
        }
    }

    @Test(arguments: [
        "", "2026-11-21T04:39:49", "2026-11-21T04:39:49z", "2026-11-21 04:39:49Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "1969-12-31T23:59:59Z", "+026-01-01T00:00:00Z",
        "2026-11-21T04:39:49ZZ", "2026-04-31T00:00:00Z", "2026-99-99T99:99:99Z",
    ])
    func `refuses what is no time`(text: String) {
        #expect(EventTime.parse(text.utf8) == nil)
    }

    @Test(arguments: [-1e300, -1, .infinity, .nan, 1e300] as [Double])
    func `writes some time for dates no calendar has`(seconds: Double) {
        #expect(EventTime.text(Date(timeIntervalSince1970: seconds)).count == 20)
    }
}
