import Foundation
import Testing

@testable import AWSProtocol

@Suite("JSON properties")
struct JSONPropertyTests {
    @Test(arguments: 0..<300 as Range<UInt64>)
    func `parsing undoes writing`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var writer = JSONWriter()
        write(depth: 0, into: &writer, using: &generator)
        let parsed = try JSON.parse(writer.bytes)
        var again = JSONWriter()
        again.value(parsed)
        #expect(again.bytes == writer.bytes, "seed \(seed)")
        // Another implementation reads the same document.
        _ = try JSONSerialization.jsonObject(with: Data(writer.bytes), options: .fragmentsAllowed)
    }

    @Test(arguments: 0..<3_000 as Range<UInt64>)
    func `bytes at random never crash it`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bytes = generator.bytes(Int.random(in: 0..<64, using: &generator))
        #expect(throws: JSONError.self, "seed \(seed)") { try JSON.parse([0x22, 0xFF] + bytes) }
        _ = try? JSON.parse(bytes)
    }

    @Test(arguments: 0..<3_000 as Range<UInt64>)
    func `what it accepts after a mutation is still JSON to others`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let valid = #"{"KeyId":"alias/é","n":[-1.5e3,true,null],"o":{"\u00e9\n":"😀"},"z":0}"#
        let bytes = generator.mutation(of: generator.mutation(of: Array(valid.utf8)))
        guard let json = try? JSON.parse(bytes) else { return }
        #expect(throws: Never.self, "seed \(seed)") {
            try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        }
        var writer = JSONWriter()
        writer.value(json)
        #expect(throws: Never.self, "seed \(seed)") { try JSON.parse(writer.bytes) }
    }

    @Test func `every truncation of a document is refused`() {
        let valid = Array(#"{"KeyId":"alias/é","n":[-1.5e3,true,null],"o":{"\u00e9\n":"\ud83d\ude00"}}"#.utf8)
        for length in 0..<valid.count {
            #expect(throws: JSONError.self, "length \(length)") { try JSON.parse(Array(valid[..<length])) }
        }
    }

    private func write(depth: Int, into json: inout JSONWriter, using generator: inout SeededGenerator) {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &generator) {
        case 0: json.null()
        case 1: json.bool(.random(using: &generator))
        case 2: json.integer(.random(in: .min ... .max, using: &generator))
        case 3: json.double(.random(in: -1e10...1e10, using: &generator))
        case 4: json.string(text(using: &generator))
        case 5: json.base64(generator.bytes(Int.random(in: 0..<40, using: &generator)))
        case 6:
            json.beginArray()
            for _ in 0..<Int.random(in: 0..<5, using: &generator) {
                write(depth: depth + 1, into: &json, using: &generator)
            }
            json.endArray()
        default:
            json.beginObject()
            for index in 0..<Int.random(in: 0..<25, using: &generator) {
                json.name("\(index)\(text(using: &generator))")
                write(depth: depth + 2, into: &json, using: &generator)
            }
            json.endObject()
        }
    }

    private func text(using generator: inout SeededGenerator) -> String {
        let scalars = (0..<Int.random(in: 0..<30, using: &generator)).compactMap { _ -> Unicode.Scalar? in
            let bound: UInt32 =
                [0x20, 0x80, 0x800, 0x1_0000, 0x11_0000].randomElement(using: &generator) ?? 1
            return Unicode.Scalar(UInt32.random(in: 0..<bound, using: &generator))
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
