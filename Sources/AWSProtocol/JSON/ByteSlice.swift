/// A part of an immutable byte array that keeps the whole array alive.
///
/// It never prints its bytes: request bodies hold plaintext and secret values.
struct ByteSlice: Hashable, Sendable {
    private let storage: [UInt8]
    // Half the width of `Int`, so that a JSON value stays at three words.
    private let start: UInt32
    private let end: UInt32

    /// The caller has checked that the bounds lie in the array and that it is shorter than 4 GiB.
    init(_ storage: [UInt8], from start: Int, to end: Int) {
        self.storage = storage
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
    }

    var count: Int { Int(end - start) }

    var bytes: ArraySlice<UInt8> { storage[Int(start)..<Int(end)] }

    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }

    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        storage.withUnsafeBufferPointer { body(.init(rebasing: $0[Int(start)..<Int(end)])) }
    }

    func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        count == other.count && withBytes { $0.hasSameBytes(as: other) }
    }

    static func == (one: ByteSlice, other: ByteSlice) -> Bool {
        one.count == other.count && other.withBytes { one.equals($0) }
    }

    func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension ByteSlice: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "<\(count) bytes>" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
