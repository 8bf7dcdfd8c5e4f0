import Foundation
import Testing

@testable import Trail

@Suite("EventMembers")
struct EventMembersTests {
    private func members(_ json: String) -> [[String]]? {
        var found: [[String]] = []
        let bytes = Array(json.utf8)
        let isWhole = bytes.withUnsafeBytes { bytes in
            EventMembers.walk(bytes) { name, value in
                found.append([String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)])
                return true
            }
        }
        return isWhole ? found : nil
    }

    @Test func `shows the members of the outermost object alone`() {
        let json = #"{"a":"x","b":{"a":"}\"{","c":[1,{"d":"]"}]},"e":[],"f":null , "g":-1.5,"h":""}"#
        #expect(
            members(json) == [
                ["a", #""x""#], ["b", #"{"a":"}\"{","c":[1,{"d":"]"}]}"#], ["e", "[]"], ["f", "null"],
                ["g", "-1.5"], ["h", #""""#],
            ]
        )
        #expect(members("{}") == [])
    }

    @Test func `finds the end of texts of every length and with escapes at every place`() {
        for length in 0..<40 {
            let plain = String(repeating: "é", count: length)
            #expect(members(#"{"a":"\#(plain)","b":1}"#)?.last == ["b", "1"])
            let escaped = plain + #"\"\\"# + plain
            #expect(members(#"{"a":"\#(escaped)","b":1}"#) == [["a", "\"\(escaped)\""], ["b", "1"]])
        }
    }

    @Test(arguments: [
        "", "{", "[]", "1", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":"x}"#, #"{"a":[1}"#, #"{"a":1 "b":2}"#,
        #"{a:1}"#, #"{"a":1,}"#, #"{"a":"\"}"#, #"{"a":{"b":"#,
    ])
    func `refuses what is no object`(json: String) {
        #expect(members(json) == nil)
    }

    @Test func `shows elements of arrays`() {
        var found: [String] = []
        Array(#"[1,"a,]",{"b":[2]},[3]]"#.utf8).withUnsafeBytes { bytes in
            #expect(
                EventMembers.walkElements(bytes) {
                    found.append(String(decoding: $0, as: UTF8.self))
                    return true
                }
            )
        }
        #expect(found == ["1", #""a,]""#, #"{"b":[2]}"#, "[3]"])
    }

    @Test func `survives any bytes, and agrees with a parser on all that is JSON`() throws {
        var generator = SeededGenerator(seed: 5)
        let sample = Array(
            #"{"userIdentity":{"type":"Root","x":"\"}"},"eventTime":"t","list":[{"a":1}],"n":null}"#.utf8
        )
        for _ in 0..<20_000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = generator.bytes(1)[0]
            }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0...40, using: &generator)) }
            var names: Set<String> = []
            let isWhole = bytes.withUnsafeBytes { bytes in
                EventMembers.walk(bytes) { name, _ in
                    names.insert(String(decoding: name, as: UTF8.self))
                    return true
                }
            }
            let parsed = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            if let parsed, !bytes.contains(0x5C) {
                #expect(isWhole && names == Set(parsed.keys), "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}
