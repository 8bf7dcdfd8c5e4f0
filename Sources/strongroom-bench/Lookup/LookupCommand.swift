import ArgumentParser
import Crypto
import Foundation
import Trail

/// Measures lookups in the event history over a trail of synthetic events.
struct LookupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Fill a trail with synthetic events, index them and look some up; prints JSON.",
        discussion: "A trail that is there already is used as it is; without its index it is indexed anew."
    )

    @Option(help: "The trail's directory.")
    var directory: String

    @Option(help: "Events to fill an empty trail with.")
    var events = 10_000_000

    @Option(help: "Lookups of each kind.")
    var rounds = 5

    func run() throws {
        let key = SymmetricKey(data: [UInt8](repeating: 7, count: 32))
        // Moments and not days between the events, as under load.
        let writer = try TrailWriter(directory: directory, lanes: 2, signer: try TrailSigner(key: key)) {
            Date(timeIntervalSince1970: SyntheticEvents.end)
        }
        var measured: [String: Double] = [:]
        if try TrailReader(directory: directory).events().next() == nil {
            measured["fill_seconds"] = try Self.seconds { try SyntheticEvents.fill(writer, events) }
        }
        measured["follow_seconds"] = try Self.seconds {
            let follower = try TrailFollower(writer)
            var count = 0
            while let batch = try follower.next() { count += batch.events.count }
            measured["events"] = Double(count)
        }
        let index = try TrailIndex(writer)
        measured["index_seconds"] = try Self.seconds { while try index.maintain() {} }
        for (name, query) in SyntheticEvents.queries {
            for round in 0..<max(1, rounds) {
                let fresh = round == 0 ? try TrailIndex(writer) : index
                let time = try Self.seconds {
                    measured["\(name)_found"] = Double(try fresh.lookup(query, limit: 50).count)
                }
                let label = round == 0 ? "\(name)_first_ms" : "\(name)_ms"
                measured[label] = min(measured[label] ?? .infinity, time * 1_000)
            }
        }
        try writer.close()
        try JSONOutput.write(measured)
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        let duration = start.duration(to: .now).components
        return Double(duration.seconds) + Double(duration.attoseconds) / 1e18
    }
}

/// Events as a busy server writes them: mostly of KMS, on ten thousand keys, by a hundred users.
enum SyntheticEvents {
    static let end: Double = 1_795_236_000
    private static let account = "111122223333"
    private static let region = "us-east-1"

    static var queries: [(String, EventQuery)] {
        func query(_ attribute: EventQuery.Attribute?) -> EventQuery {
            EventQuery(account: account, region: region, attribute: attribute)
        }
        return [
            ("key", query(.resourceName(key(77)))),
            ("absent_key", query(.resourceName(key(-1)))),
            ("name", query(.eventName("Decrypt"))),
            ("rare_name", query(.eventName("ScheduleKeyDeletion"))),
            ("user", query(.username("user-42"))),
            ("event", query(.eventID("00000000-0000-0001-0000-000000000001"))),
            ("all", query(nil)),
        ]
    }

    private static func key(_ number: Int) -> String {
        "arn:aws:kms:\(region):\(account):key/1234abcd-12ab-34cd-56ef-\(String(100_000_000_000 + number))"
    }

    static func fill(_ writer: TrailWriter, _ count: Int) throws {
        let users = (0..<100).map { number in
            AuditIdentity(
                kind: .iamUser,
                principalID: "AIDAEXAMPLE\(number)",
                arn: "arn:aws:iam::\(account):user/user-\(number)",
                accountID: account,
                accessKeyID: "AKIAEXAMPLE\(number)",
                userName: "user-\(number)"
            ).rendered
        }
        var batch: [[UInt8]] = []
        for number in 0..<count {
            batch.append(event(number, of: count, by: users[number &* 7 % 100]).render())
            if batch.count == 100 || number == count - 1 {
                try writer.append(batch, lane: number / 100 % 2)
                batch.removeAll(keepingCapacity: true)
            }
        }
    }

    private static func event(
        _ number: Int,
        of count: Int,
        by user: AuditIdentity.Rendered
    ) -> AuditEvent {
        // Three hundred events a second, up to the end.
        let name =
            number % 1_000_003 == 500_000 ? "ScheduleKeyDeletion" : number % 2 == 0 ? "Encrypt" : "Decrypt"
        var event = AuditEvent(
            userIdentity: user,
            eventTime: Date(timeIntervalSince1970: end - Double((count - number) / 300)),
            eventSource: "kms.amazonaws.com",
            eventName: name,
            awsRegion: region,
            sourceIPAddress: "10.0.0.\(number % 250)",
            userAgent:
                "Boto3/1.43 md/Botocore#1.43 ua/2.1 os/linux#6.1 lang/python#3.11 cfg/retry-mode#standard",
            requestID: EventUUID(high: UInt64(number), low: 0),
            eventID: EventUUID(high: UInt64(number), low: 1),
            recipientAccountID: account
        )
        event.readOnly = name != "ScheduleKeyDeletion"
        let arn = key(number &* 31 % 10_000)
        event.requestParameters = Array(
            #"{"keyId":"\#(arn)","encryptionContext":{"tenant":"\#(number % 5_000)"}}"#.utf8
        )
        event.resources = [AuditEvent.Resource(accountID: account, type: "AWS::KMS::Key", arn: arn)]
        return event
    }
}
