import Foundation

/// A dictionary as libFuzzer reads it: a quoted word a line, with `\\`, `\"` and `\xAB`.
enum DictionaryFile {
    /// The words of a file; none for a file that is not there.
    static func words(at path: String) -> [[UInt8]] {
        let text = FileManager.default.contents(atPath: path) ?? Data()
        return text.split(separator: 0x0A).compactMap { word(Array($0)) }
    }

    private static func word(_ line: [UInt8]) -> [UInt8]? {
        guard line.count >= 2, line.first == UInt8(ascii: "\""), line.last == UInt8(ascii: "\"") else {
            return nil
        }
        var rest = line.dropFirst().dropLast()
        var word: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                word.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            guard escape == UInt8(ascii: "x") else {
                word.append(escape)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            rest = rest.dropFirst(2)
            guard let value = UInt8(digits, radix: 16) else { return nil }
            word.append(value)
        }
        return word
    }
}
