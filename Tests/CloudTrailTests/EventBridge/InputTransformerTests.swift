import AWSProtocol
import Testing

@testable import CloudTrail

@Suite("What a target gets of an event")
struct InputTransformerTests {
    private func event() throws -> BusEvent {
        let rule = try rule()
        let event = BusEvent(
            id: "1",
            detailType: "Order",
            source: "shop",
            account: rule.account,
            time: "2026-01-02T03:04:05Z",
            region: rule.region,
            resources: [],
            detail: Array(#"{"name":"a \"b\"","n":5,"list":[{"x":1}],"a.b":true}"#.utf8)
        )
        return try #require(event)
    }

    private func rule() throws -> RuleLocator {
        RuleLocator(
            account: try #require(AccountID("111122223333")),
            region: try #require(Region("us-east-1")),
            name: "rule"
        )
    }

    @Test(arguments: [
        (#"{"n":<n>}"#, #"{"n":5}"#), (#"{"name":<name>}"#, #"{"name":"a \"b\""}"#),
        (#""<name> and <n>""#, #""a \"b\" and 5""#), (#""list: <list>""#, #""list: [{\"x\":1}]""#),
        (#"{"l":<list>}"#, #"{"l":[{"x":1}]}"#), (#""<none>""#, #""""#), (#"{"x":<none>}"#, #"{"x":""}"#),
        (#""<aws.events.rule-name>""#, #""rule""#), (#""a < b > c""#, #""a < b > c""#),
        (#""<<n>>""#, #""<5>""#),
        (#""\"<n>\"""#, #""\"5\"""#),
    ])
    func `follows its template`(_ template: String, _ expected: String) throws {
        let transformer = InputTransformer(
            paths: ["n": "$.detail.n", "name": "$.detail.name", "list": "$.detail.list", "none": "$.absent"],
            template: template
        )
        #expect(transformer.fault == nil)
        #expect(transformer.text(for: try event(), of: try rule(), at: "now") == expected)
    }

    @Test(arguments: [
        InputTransformer(paths: [:], template: "<n>"),
        InputTransformer(paths: ["n": "detail"], template: "x"),
        InputTransformer(paths: ["awsX": "$.a"], template: "x"),
    ])
    func `is refused with placeholders or paths that are none`(_ transformer: InputTransformer) {
        #expect(transformer.fault != nil)
    }

    @Test(
        arguments: [
            ("$", nil), ("$.detail.n", "5"), ("$.detail.list[0].x", "1"), ("$.detail['a.b']", "true"),
            ("$.detail.list[1]", nil), ("$.detail.name.x", nil),
        ] as [(String, String?)]
    )
    func `may be the part at a path`(_ text: String, _ expected: String?) throws {
        let path = try #require(EventPath(text))
        let value = path.value(in: try event().json)
        if text == "$" {
            #expect(value != nil)
        } else {
            #expect(value.map(\.rendered) == expected)
        }
    }

    @Test(arguments: [
        "", "detail", "$.", "$..a", "$.a[", "$.a[x]", "$.a[-1]", "$.a[*]", "$ a", "$.a[']", "$['']",
    ])
    func `is refused at a path that is none`(_ text: String) {
        #expect(EventPath(text) == nil)
    }
}
