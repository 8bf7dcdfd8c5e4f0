import Foundation

@testable import AWSProtocol
@testable import CloudTrail

/// Event patterns, filter policies and the texts that rules make of events: the matcher agrees with a slow one, and
/// nothing that is told in advance of events is wrong.
///
/// A line each: the pattern, the event's detail, a path, a template.
enum PatternTarget {
    static let target = FuzzTarget(name: "pattern", bytesMax: 1_024, run: run) {
        let template = #"{"text":"at <v> by <aws.events.rule-name>","value":<v>,"all":<aws.events.event>}"#
        let detail = #"{"eventName":"DisableKey","n":3.5,"ip":"192.0.2.7","list":["a",{"b":"c"}],"t":"Straße"}"#
        return FuzzTarget.seeds([
            (
                "call",
                #"{"source":["aws.kms"],"detail":{"eventName":["DisableKey",{"prefix":"Schedule"}]}}"# + "\n"
                    + #"{"eventName":"ScheduleKeyDeletion"}"# + "\n$.detail.eventName\n" + template
            ),
            (
                "operators",
                #"{"eventName":[{"wildcard":"Dis*le\\*Key"},{"suffix":"Key"}],"n":[{"numeric":[">",1,"<=",4]}],"#
                    + #""ip":[{"cidr":"192.0.2.0/24"}],"gone":[{"exists":false}],"#
                    + #""t":[{"equals-ignore-case":"STRASSE"},{"prefix":{"equals-ignore-case":"STR"}}]}"# + "\n"
                    + detail + "\n$['list'][1].b\n<v>"
            ),
            (
                "alternatives",
                #"{"$or":[{"a":[1,1.0,true,null]},{"list":{"b":["c"]}}],"n":[{"anything-but":[1,2]}]}"# + "\n"
                    + detail + "\n$\n\"<v>\\\"<v>"
            ),
            (
                "exclusions",
                #"{"eventName":[{"anything-but":{"prefix":["Get","List"]}},{"anything-but":{"wildcard":"a*"}}]}"#
                    + "\n" + #"{"eventName":["GetKey","Encrypt"],"readOnly":true}"#
            ),
            (
                "service", #"{"detail-type":["KMS CMK Rotation"]}"# + "\n" + #"{"eventName":"RotateKey","service":true}"#
            ),
        ])
    }

    private static let emptyObject = JSON.object(JSONObject(uniqueMembers: []))

    static func run(_ input: [UInt8]) {
        let lines = input.pieces(max: 4).map(\.repairedText) + ["", "", ""]
        let detail = accepted { () throws(JSONError) in try JSON.parse(lines[1], depthMax: 16) } ?? emptyObject
        let events = TrailEvents.events(of: Array(record(of: detail).utf8))
        if let pattern = accepted({ () throws(EventPatternError) in try EventPattern(parsing: lines[0]) }) {
            let plain = certain { () throws(JSONError) in try JSON.parse(lines[0]) }
            for value in [detail] + events.map(\.json) {
                let ours = pattern.matches(value)
                promise(
                    ours == SlowPattern.matches(plain, value),
                    "\(lines[0]) and \(value.rendered): we say \(ours)"
                )
            }
            rules(lines[0], pattern, detail)
        }
        filter(lines[0], detail)
        guard let event = events.first else { broken("a record of the trail is no event") }
        transform(event, path: lines[2], template: lines[3])
    }

    // MARK: Rules

    /// A record of the trail with an event's detail as its request.
    private static func record(of detail: JSON) -> String {
        let name = (detail["eventName"]?.text ?? "Encrypt").filter { $0.isASCII && $0.isLetter }
        let isReadOnly = if case .bool(true)? = detail["readOnly"] { true } else { false }
        let isOfService = if case .bool(true)? = detail["service"] { true } else { false }
        return #"{"eventVersion":"1.11","userIdentity":{"type":"Root","accountId":"111122223333"},"#
            + #""eventTime":"2026-11-18T11:06:40Z","eventSource":"kms.amazonaws.com","eventName":"\#(name)","#
            + #""awsRegion":"us-east-1","requestParameters":\#(detail.rendered),"#
            + #""eventID":"1234abcd-12ab-44cd-86ef-1234567890ab","readOnly":\#(isReadOnly && !isOfService),"#
            + #""serviceEventDetails":{"keyId":"1234abcd-12ab-34cd-56ef-1234567890ab"},"#
            + #""eventType":"\#(isOfService ? "AwsServiceEvent" : "AwsApiCall")","#
            + #""recipientAccountId":"111122223333"}"#
    }

    /// Whatever a rule means is not passed over by the look at the record's first fields.
    private static func rules(_ text: String, _ pattern: EventPattern, _ detail: JSON) {
        let bytes = Array(record(of: detail).utf8)
        let events = TrailEvents.events(of: bytes)
        for state in Rule.State.allCases {
            let rule = Rule(
                name: "r",
                account: GatewayScene.account,
                region: certain(Region("us-east-1")),
                pattern: text,
                state: state,
                tags: [],
                targets: [RuleTarget(id: "1", arn: "arn:aws:sns:us-east-1:111122223333:t")]
            )
            let book = RuleBook([rule])
            let isMeant = events.contains { !book.matches($0).isEmpty }
            let isWanted = bytes.withUnsafeBytes { book.mayWant($0) }
            promise(isWanted || !isMeant, "\(text), \(state): a record that a rule means is passed over")
            promise(
                !isMeant || (state != .disabled && events.contains { pattern.matches($0.json) }),
                "\(text), \(state): a rule means what its pattern does not"
            )
        }
    }

    // MARK: Filters and texts

    private static func filter(_ text: String, _ detail: JSON) {
        for scope in [Subscription.FilterScope.attributes, .body] {
            guard let filter = accepted({ () throws(SNSError) in try FilterPolicy(text, scope: scope) }) else {
                continue
            }
            var message = PublishedMessage(id: "m", text: detail.rendered)
            if case .object(let object) = detail {
                message.attributes = object.members.map {
                    MessageAttribute(
                        name: $0.key.text,
                        type: $0.value.text == nil ? "String.Array" : "String",
                        value: $0.value.text ?? $0.value.rendered
                    )
                }
            }
            let plain = certain { () throws(JSONError) in try JSON.parse(text) }
            // What is no object is no message that a filter of bodies takes, nor is one that nests too deep.
            guard scope == .body, case .object = detail else {
                _ = filter.accepts(message)
                continue
            }
            promise(
                filter.accepts(message) == SlowPattern.matches(plain, detail),
                "a filter \(text) is wrong about \(message.text)"
            )
        }
    }

    private static func transform(_ event: BusEvent, path: String, template: String) {
        let rule = RuleLocator(account: event.account, region: event.region, name: "r")
        let target = RuleTarget(id: "1", arn: "", inputPath: path)
        let part = target.text(for: event, of: rule, at: "2026-11-18T11:06:40Z")
        promise(part.isEmpty || isJSON(part), "the part of an event at \(path) is no JSON: \(part)")
        let given = InputTransformer(paths: ["v": path], template: template)
        if given.fault == nil { _ = given.text(for: event, of: rule, at: "2026-11-18T11:06:40Z") }
        let whole = InputTransformer(
            paths: ["v": path],
            template: #"{"text":"a <v> \" <v>","value":<v>,"all":<aws.events.event>,"list":[<v>,"<nothing"]}"#
        )
        guard whole.fault == nil else { return }
        let text = whole.text(for: event, of: rule, at: "2026-11-18T11:06:40Z")
        promise(isJSON(text), "a text with the part of an event at \(path) is no JSON: \(text)")
    }

    private static func isJSON(_ text: String) -> Bool {
        accepted { () throws(JSONError) in try JSON.parse(text, depthMax: 64) } != nil
    }
}
