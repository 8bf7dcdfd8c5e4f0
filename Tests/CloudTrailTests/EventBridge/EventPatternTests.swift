import AWSProtocol
import OperationsTesting
import Testing

@testable import CloudTrail

@Suite("Event patterns")
struct EventPatternTests {
    private static let event = """
        {"source":"aws.kms","detail":{"eventName":"DisableKey","count":5,"price":2.50,"flag":true,"none":null,
        "address":"10.1.2.3","six":"2001:db8::7","list":["a","b"],"empty":[],"inner":{"x":"y"},
        "many":[{"k":"1","v":"one"},{"k":"2","v":"two"}],"deep":[[1,2],[3]],"path":"/var/log/app.log"}}
        """

    private func matches(_ detail: String) throws -> Bool {
        let pattern = try EventPattern(parsing: #"{"detail":\#(detail)}"#)
        return pattern.matches(try JSON.parse(Self.event))
    }

    @Test(arguments: [
        #"{"eventName":["DisableKey"]}"#, #"{"eventName":["x","DisableKey"]}"#, #"{"count":[5]}"#,
        #"{"price":[2.50]}"#, #"{"flag":[true]}"#, #"{"none":[null]}"#, #"{"list":["b"]}"#,
        #"{"eventName":[{"prefix":"Dis"}]}"#, #"{"eventName":[{"prefix":""}]}"#,
        #"{"eventName":[{"prefix":{"equals-ignore-case":"dIS"}}]}"#, #"{"eventName":[{"suffix":"Key"}]}"#,
        #"{"eventName":[{"suffix":{"equals-ignore-case":"kEY"}}]}"#,
        #"{"eventName":[{"equals-ignore-case":"disablekey"}]}"#, #"{"eventName":[{"anything-but":"x"}]}"#,
        #"{"eventName":[{"anything-but":["x","y"]}]}"#, #"{"count":[{"anything-but":[4,6]}]}"#,
        #"{"count":[{"anything-but":"5"}]}"#, #"{"eventName":[{"anything-but":{"prefix":"En"}}]}"#,
        #"{"eventName":[{"anything-but":{"suffix":["x","z"]}}]}"#,
        #"{"eventName":[{"anything-but":{"equals-ignore-case":["enablekey"]}}]}"#,
        #"{"eventName":[{"anything-but":{"wildcard":"*x*"}}]}"#, #"{"list":[{"anything-but":"a"}]}"#,
        #"{"count":[{"numeric":["=",5]}]}"#, #"{"count":[{"numeric":[">",4.99]}]}"#,
        #"{"count":[{"numeric":[">=",5,"<",6]}]}"#, #"{"price":[{"numeric":["<=",2.5]}]}"#,
        #"{"count":[{"exists":true}]}"#, #"{"absent":[{"exists":false}]}"#, #"{"empty":[{"exists":false}]}"#,
        #"{"inner":[{"exists":false}]}"#, #"{"absent":{"x":[{"exists":false}]}}"#,
        #"{"address":[{"cidr":"10.0.0.0/8"}]}"#, #"{"address":[{"cidr":"10.1.2.3/32"}]}"#,
        #"{"six":[{"cidr":"2001:db8::/32"}]}"#, #"{"address":[{"cidr":"0.0.0.0/0"}]}"#,
        #"{"path":[{"wildcard":"/var/*/*.log"}]}"#, #"{"path":[{"wildcard":"*"}]}"#,
        #"{"path":[{"wildcard":"/var/log/app.log"}]}"#, #"{"deep":[3]}"#,
        #"{"many":{"k":["2"],"v":["two"]}}"#, #"{"$or":[{"count":[6]},{"eventName":["DisableKey"]}]}"#,
        #"{"count":[5],"$or":[{"list":["z"]},{"inner":{"x":["y"]}}]}"#,
    ])
    func `match`(_ detail: String) throws {
        #expect(try matches(detail), "\(detail)")
    }

    @Test(arguments: [
        #"{"eventName":["disablekey"]}"#, #"{"count":["5"]}"#, #"{"count":[5.0]}"#, #"{"flag":["true"]}"#,
        #"{"none":[{"exists":false}]}"#, #"{"eventName":[{"prefix":"dis"}]}"#,
        #"{"count":[{"prefix":"5"}]}"#, #"{"eventName":[{"anything-but":"DisableKey"}]}"#,
        #"{"absent":[{"anything-but":"x"}]}"#, #"{"eventName":[{"anything-but":{"prefix":["En","Di"]}}]}"#,
        #"{"count":[{"numeric":["<",5]}]}"#, #"{"eventName":[{"numeric":["=",5]}]}"#,
        #"{"count":[{"exists":false}]}"#, #"{"absent":[{"exists":true}]}"#, #"{"inner":[{"exists":true}]}"#,
        #"{"address":[{"cidr":"10.1.2.4/32"}]}"#, #"{"eventName":[{"cidr":"0.0.0.0/0"}]}"#,
        #"{"address":[{"cidr":"2001:db8::/32"}]}"#, #"{"path":[{"wildcard":"/var/*.txt"}]}"#,
        #"{"path":[{"wildcard":"*/app"}]}"#, #"{"many":{"k":["1"],"v":["two"]}}"#, #"{"inner":["y"]}"#,
        #"{"count":{"x":[1]}}"#, #"{"$or":[{"count":[6]},{"eventName":["EnableKey"]}]}"#,
        #"{"count":[6],"$or":[{"count":[5]},{"eventName":["DisableKey"]}]}"#,
    ])
    func `do not match`(_ detail: String) throws {
        #expect(try !matches(detail), "\(detail)")
    }

    @Test(arguments: [
        "", "[]", "{}", "null", #"{"a":1}"#, #"{"a":"b"}"#, #"{"a":[]}"#, #"{"a":{}}"#, #"{"a":[[1]]}"#,
        #"{"a":[{}]}"#, #"{"a":[{"prefix":"a","suffix":"b"}]}"#, #"{"a":[{"like":"b"}]}"#,
        #"{"a":[{"prefix":1}]}"#, #"{"a":[{"prefix":{"suffix":"x"}}]}"#, #"{"a":[{"exists":"true"}]}"#,
        #"{"a":[{"numeric":[]}]}"#, #"{"a":[{"numeric":["~",1]}]}"#, #"{"a":[{"numeric":[">",1,"<"]}]}"#,
        #"{"a":[{"numeric":["<",1,">",0]}]}"#, #"{"a":[{"numeric":[">",5,"<",5]}]}"#,
        #"{"a":[{"numeric":["=",6000000000]}]}"#, #"{"a":[{"numeric":["=","1"]}]}"#,
        #"{"a":[{"cidr":"10.0.0.0"}]}"#, #"{"a":[{"cidr":"10.0.0.0/33"}]}"#, #"{"a":[{"cidr":"x/8"}]}"#,
        #"{"a":[{"cidr":"10.0.0.0/+8"}]}"#, #"{"a":[{"wildcard":"a**b"}]}"#, #"{"a":[{"wildcard":"a\\x"}]}"#,
        #"{"a":[{"wildcard":"a\\"}]}"#, #"{"a":[{"anything-but":[]}]}"#, #"{"a":[{"anything-but":{}}]}"#,
        #"{"a":[{"anything-but":{"numeric":["=",1]}}]}"#, #"{"a":[{"anything-but":[{"prefix":"x"}]}]}"#,
        #"{"$or":[]}"#, #"{"$or":[{"a":[1]}]}"#, #"{"$or":[1,2]}"#, #"{"$or":{"a":[1]}}"#,
        #"{"a":[1],"a":[2]}"#, #"{"a":[1]} x"#,
    ])
    func `that are none are refused`(_ text: String) {
        #expect(throws: EventPatternError.self, "\(text)") { try EventPattern(parsing: text) }
    }

    @Test func `are bounded in depth, size and values`() {
        let deep = String(repeating: #"{"a":"#, count: 30) + "[1]" + String(repeating: "}", count: 30)
        let many = #"{"a":[\#((0..<5_000).map(String.init).joined(separator: ","))]}"#
        let stars = #"{"a":[{"wildcard":"\#(String(repeating: "a*", count: 40))"}]}"#
        let long = #"{"a":["\#(String(repeating: "x", count: 300_000))"]}"#
        for text in [deep, many, stars, long] {
            #expect(throws: EventPatternError.self) { try EventPattern(parsing: text) }
        }
    }

    @Test func `take time that grows with the value alone`() throws {
        let pieces = String(repeating: "aaaaaaaaab*", count: 30)
        let pattern = try EventPattern(parsing: #"{"a":[{"wildcard":"*\#(pieces)c"}]}"#)
        let value = try JSON.parse(#"{"a":"\#(String(repeating: "a", count: 250_000))"}"#)
        let effort = threadTime { #expect(!pattern.matches(value)) }
        #expect(effort < .seconds(2))
    }

    @Test func `tell which texts a field must have`() throws {
        let pattern = try EventPattern(
            parsing: #"{"source":["aws.kms"],"detail":{"eventName":["A","B"],"x":[{"prefix":"y"}]}}"#
        )
        #expect(pattern.requiredTexts(at: ["source"]) == ["aws.kms"])
        #expect(pattern.requiredTexts(at: ["detail", "eventName"]) == ["A", "B"])
        #expect(pattern.requiredTexts(at: ["detail", "x"]) == nil)
        #expect(pattern.requiredTexts(at: ["detail", "absent"]) == nil)
    }
}
