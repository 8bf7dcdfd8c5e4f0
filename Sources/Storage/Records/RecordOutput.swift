import Foundation

/// The bytes that a ``RecordEncoder`` writes, and which objects and arrays are open in them.
final class RecordOutput {
    enum Form {
        case object
        case array

        var opening: UInt8 { UInt8(ascii: self == .object ? "{" : "[") }
        var closing: UInt8 { UInt8(ascii: self == .object ? "}" : "]") }
    }

    /// An object or array, by its depth and by its number among all.
    struct Level {
        /// One for the outermost.
        let depth: Int
        fileprivate let number: Int
    }

    private struct Open {
        let form: Form
        let number: Int
        var isEmpty = true
    }

    private(set) var bytes: [UInt8] = []
    private var open: [Open] = []
    private var opened = 0
    /// What went wrong where nothing could be thrown.
    private var failure: EncodingError?

    init() { bytes.reserveCapacity(1024) }

    // MARK: Values

    /// Writes a value, which has `depth` objects and arrays around it.
    func write<Value: Encodable>(_ value: Value, depth: Int) throws {
        // Types are compared before anything is cast: a cast that fails takes long.
        if Value.self == String.self, let text = value as? String {
            write(text)
        } else if Value.self == Date.self, let date = value as? Date {
            try write(date.timeIntervalSince1970)
        } else if Value.self == Data.self, let data = value as? Data {
            write(data.base64EncodedString())
        } else {
            let start = bytes.count
            try value.encode(to: RecordEncoder(output: self, depth: depth))
            close(to: depth)
            // A type that gives nothing, such as an empty structure, is an object without members.
            if bytes.count == start { append("{}") }
        }
        if let failure { throw failure }
    }

    func writeNull() { append("null") }

    func write(_ flag: Bool) { append(flag ? "true" : "false") }

    func write(_ number: some FixedWidthInteger) { append(number.description) }

    func write(_ number: Double) throws(EncodingError) {
        append(try Self.text(of: number))
    }

    static func text(of number: Double) throws(EncodingError) -> String {
        guard number.isFinite else { throw failure("a number is not finite") }
        return number.description
    }

    func write(_ text: String) { bytes.appendJSON(text) }

    private func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    // MARK: Objects and arrays

    /// Begins an object or array inside `depth` others, or goes on with the one that was begun there.
    func open(_ form: Form, at depth: Int) -> Level {
        if open.count > depth, open[depth].form == form, open[depth].isEmpty, open.count == depth + 1 {
            return Level(depth: depth + 1, number: open[depth].number)
        }
        if open.count != depth { failure = Self.failure("a value has two containers") }
        opened += 1
        open.append(Open(form: form, number: opened))
        bytes.append(form.opening)
        return Level(depth: depth + 1, number: opened)
    }

    func beginMember(_ name: String, of level: Level) throws(EncodingError) {
        try beginElement(of: level)
        write(name)
        bytes.append(UInt8(ascii: ":"))
    }

    func beginElement(of level: Level) throws(EncodingError) {
        close(to: level.depth)
        let index = level.depth - 1
        guard open.indices.contains(index), open[index].number == level.number else {
            throw Self.failure("an object or array is used after it was left")
        }
        if !open[index].isEmpty { bytes.append(UInt8(ascii: ",")) }
        open[index].isEmpty = false
    }

    /// Keeps a failure until something is written that can throw it.
    func noting(_ body: () throws(EncodingError) -> Void) {
        do throws(EncodingError) { try body() } catch { failure = error }
    }

    private func close(to depth: Int) {
        while open.count > depth { bytes.append(open.removeLast().form.closing) }
    }

    private static func failure(_ reason: String) -> EncodingError {
        .invalidValue(reason, EncodingError.Context(codingPath: [], debugDescription: reason))
    }
}
