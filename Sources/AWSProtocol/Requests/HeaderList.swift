/// The headers of one request in one block of memory: names in lower case, values as they came.
///
/// Two allocations whatever the number of headers, and no String is made to look at one. It may lie over the bytes of
/// a whole head, between whose headers then stands what is of none. It prints neither
/// names nor values: among them are signatures and session tokens.
package struct HeaderList: Sendable {
    /// Where one header stands.
    package struct Place: Sendable {
        fileprivate let nameStart: UInt32
        fileprivate let nameEnd: UInt32
        fileprivate let valueStart: UInt32
        fileprivate let end: UInt32

        /// The places of a name and of the value behind it, in a head of less than four gigabytes.
        package init(name: Range<Int>, value: Range<Int>) {
            precondition(name.upperBound <= value.lowerBound, "a value stands behind its name")
            nameStart = UInt32(name.lowerBound)
            nameEnd = UInt32(name.upperBound)
            valueStart = UInt32(value.lowerBound)
            end = UInt32(value.upperBound)
        }

        fileprivate func isNamed(_ name: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>)
            -> Bool
        {
            // The lengths tell nearly all headers apart.
            Int(nameEnd - nameStart) == name.count && HeaderList.name(self, bytes).hasSameBytes(as: name)
        }
    }

    private var storage: [UInt8] = []
    private var entries: [Place] = []

    /// An empty list with room for what a signed request usually has.
    package init() {
        storage.reserveCapacity(768)
        entries.reserveCapacity(16)
    }

    /// The headers that stand in the head of a request, whose names may be in any case.
    package init(over head: UnsafeRawBufferPointer, at places: [Place]) {
        storage = Array(head)
        entries = places
        storage.withUnsafeMutableBufferPointer { bytes in
            for place in places {
                precondition(place.end <= bytes.count, "a header stands in its head")
                for index in Int(place.nameStart)..<Int(place.nameEnd) {
                    bytes[index] = bytes[index].asciiLowercased
                }
            }
        }
    }

    package init(_ headers: [(name: String, value: String)]) {
        self.init()
        for (name, value) in headers { append(name: name, value: value) }
    }

    package var count: Int { entries.count }

    /// Adds a header; the name may be in any case.
    package mutating func append(name: String, value: String) {
        name.withUTF8Bytes { name in
            value.withUTF8Bytes { value in
                append(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
            }
        }
    }

    /// Adds a header from bytes of a request; the name may be in any case.
    package mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        let start = storage.count
        let middle = start + name.count
        let end = middle + value.count
        precondition(end < Int(UInt32.max), "headers of four gigabytes")
        storage.append(contentsOf: name)
        storage.withUnsafeMutableBufferPointer { bytes in
            for index in start..<middle { bytes[index] = bytes[index].asciiLowercased }
        }
        storage.append(contentsOf: value)
        entries.append(Place(name: start..<middle, value: middle..<end))
    }

    /// The value of the first header of a name, given in lower case, with white space around it removed.
    package subscript(name: String) -> String? {
        withValue(of: name) { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// Whether the trimmed value of the first header of a name, given in lower case, is the given one.
    package func value(of name: String, equals value: [UInt8]) -> Bool {
        withValue(of: name) { found in value.withUnsafeBufferPointer { found?.hasSameBytes(as: $0) ?? false }
        }
    }

    /// Whether there is a header of a name, given in lower case.
    package func contains(_ name: String) -> Bool { withValue(of: name) { $0 != nil } }

    /// Whether the first header of a name begins with a prefix in whatever case; both are given in lower case.
    package func hasValue(of name: String, startingWith prefix: StaticString) -> Bool {
        withValue(of: name) { value in
            guard let value, value.count >= prefix.utf8CodeUnitCount else { return false }
            for index in 0..<prefix.utf8CodeUnitCount
            where value[index].asciiLowercased != prefix.utf8Start[index] { return false }
            return true
        }
    }

    /// Gives the trimmed value of the first header of a name, in lower case, to `body`; nil for none.
    func withValue<Result, Failure: Error>(
        of name: String,
        _ body: (UnsafeBufferPointer<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeBufferPointer { (bytes) throws(Failure) -> Result in
            let entry = name.withUTF8Bytes { name in
                entries.first { $0.isNamed(name, in: bytes) }
            }
            return try body(entry.map { Self.value($0, bytes).trimmed() })
        }
    }

    /// How many headers have a name, given in lower case.
    func occurrences(of name: String) -> Int {
        storage.withUnsafeBufferPointer { bytes in
            name.withUTF8Bytes { name in entries.count { $0.isNamed(name, in: bytes) } }
        }
    }

    /// The names that begin with a prefix, in lower case and in the order they came.
    func names(withPrefix prefix: String) -> [String] {
        storage.withUnsafeBufferPointer { bytes in
            entries.compactMap { entry in
                let name = Self.name(entry, bytes)
                return name.starts(with: prefix.utf8) ? String(decoding: name, as: UTF8.self) : nil
            }
        }
    }

    /// Appends the values of all headers of a name in the form that is signed: joined by commas, trimmed,
    /// each run of white space a single space.
    func appendCanonicalValues(of name: UnsafeBufferPointer<UInt8>, to target: inout [UInt8]) {
        storage.withUnsafeBufferPointer { bytes in
            var isFirst = true
            for entry in entries where entry.isNamed(name, in: bytes) {
                if !isFirst { target.append(UInt8(ascii: ",")) }
                isFirst = false
                Self.appendCollapsed(Self.value(entry, bytes).trimmed(), to: &target)
            }
        }
    }

    private static func appendCollapsed(_ value: UnsafeBufferPointer<UInt8>, to target: inout [UInt8]) {
        var start = 0
        var next = 0
        while next < value.count {
            if hasNoSpace(value, at: next) {
                next += 8
                continue
            }
            let index = next
            next += 1
            guard value[index].isASCIIWhiteSpace else { continue }
            // A single space stays part of the run that is copied at once.
            if value[index] == 0x20, !value[index + 1].isASCIIWhiteSpace { continue }
            target.append(contentsOf: UnsafeBufferPointer(rebasing: value[start..<index]))
            if !value[index + 1].isASCIIWhiteSpace { target.append(0x20) }
            start = index + 1
        }
        target.append(contentsOf: UnsafeBufferPointer(rebasing: value[start...]))
    }

    /// Whether the eight bytes from an index on are all above the space; false where there are not eight.
    private static func hasNoSpace(_ value: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        guard let base = value.baseAddress, value.count - index >= 8 else { return false }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
        return (word &- ones &* 0x21) & ~word & (ones &* 0x80) == 0
    }

    private static func name(
        _ entry: Place,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(entry.nameStart)..<Int(entry.nameEnd)])
    }

    private static func value(
        _ entry: Place,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(entry.valueStart)..<Int(entry.end)])
    }
}

extension HeaderList: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<\(count) headers>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
