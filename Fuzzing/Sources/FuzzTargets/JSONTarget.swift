import Foundation

@testable import AWSProtocol
@testable import Authorization

/// The two JSON readers: requests' and policies'.
///
/// What is read and written again is the same; both readers read the same texts, but for the depth they take;
/// and nothing is read that Foundation's reader does not take for JSON.
enum JSONTarget {
    static let target = FuzzTarget(name: "json", bytesMax: 2_048, run: run) {
        FuzzTarget.seeds([
            ("request", #"{"KeyId":"alias/a","Plaintext":"aGVsbG8=","EncryptionContext":{"a":"b","é":""}}"#),
            ("numbers", "[0,-0,1.5e-3,1E+9,9007199254740993,-9223372036854775808,1e999,0.1]"),
            ("escapes", #"["\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t\u0000","\u001f","é😀"]"#),
            ("nested", #" {"a" : [ [ {"b" : null } , true ] , false ] , "" : { } , "c" : [ ] } "#),
            ("members", "{" + (0..<20).map { "\"m\($0)\":\($0)" }.joined(separator: ",") + "}"),
            ("deep", String(repeating: "[", count: 31) + String(repeating: "]", count: 31)),
        ])
    }

    static func run(_ input: [UInt8]) {
        let value = accepted { () throws(JSONError) in try JSON.parse(input) }
        if let value { checkWriting(value, of: input) }
        guard let text = input.text else {
            promise(value == nil, "JSON was read from bytes that are not UTF-8")
            return
        }
        comparePolicyReader(text, value)
    }

    private static func checkWriting(_ value: JSON, of input: [UInt8]) {
        var writer = JSONWriter()
        writer.value(value)
        let written = writer.bytes
        let again = accepted { () throws(JSONError) in try JSON.parse(written) }
        guard let again else { broken("written JSON cannot be read: \(written.repairedText)") }
        var second = JSONWriter()
        second.value(again)
        promise(second.bytes == written, "JSON changes when it is read and written again")
        visit(value)
        // Foundation refuses numbers that no double holds and gives up on nesting by itself; it is lenient
        // elsewhere, so that it must take all else.
        let isForeign =
            (try? JSONSerialization.jsonObject(with: Data(input), options: [.fragmentsAllowed])) == nil
        if isForeign {
            promise(hasHugeNumber(value), "Foundation refuses what we read: \(input.repairedText)")
        }
    }

    /// Asks every value for all it can be asked.
    private static func visit(_ value: JSON) {
        switch value {
        case .null, .bool: return
        case .number(let number):
            if let whole = number.int64, let double = number.double {
                promise(Double(whole) == double, "\(number.text) is \(whole) and \(double)")
            }
        case .string(let string):
            promise(string.equals(string.text), "a string differs from its own text")
            promise(string.count == string.text.utf8.count, "a string has another length than its text")
        case .array(let elements): for element in elements { visit(element) }
        case .object(let object):
            for (key, member) in object.members {
                promise(object[key.text] != nil, "a member is not found by its name")
                visit(member)
            }
        }
    }

    private static func hasHugeNumber(_ value: JSON) -> Bool {
        switch value {
        case .null, .bool, .string: false
        case .number(let number): number.double == nil || number.text.utf8.count > 15
        case .array(let elements): elements.contains { hasHugeNumber($0) }
        case .object(let object): object.members.contains { hasHugeNumber($0.value) }
        }
    }

    /// Two readers that differ are a hole: one checks what the other lets in.
    private static func comparePolicyReader(_ text: String, _ value: JSON?) {
        do throws(JSONFault) {
            _ = try JSONReader.read(text)
            promise(value != nil, "the policies' reader alone reads: \(text)")
        } catch {
            switch error {
            case .tooDeep, .duplicateMember: return
            default: promise(value == nil, "the policies' reader alone refuses, by \(error): \(text)")
            }
        }
    }
}
