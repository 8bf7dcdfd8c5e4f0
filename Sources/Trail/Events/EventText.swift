/// A growing text in memory of its own.
///
/// An event is put together of some seventy pieces: an array would check for each whether it is shared, and
/// would not be inlined.
struct EventText: ~Copyable {
    private var memory: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    init(capacity: Int) {
        memory = .allocate(capacity: max(64, capacity))
    }

    deinit { memory.deallocate() }

    /// A copy of all that was appended.
    var bytes: [UInt8] { Array(UnsafeBufferPointer(rebasing: memory[..<count])) }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if count == memory.count { grow(by: 1) }
        memory[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func append(_ literal: StaticString) {
        append(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    @inline(__always)
    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { append($0) }
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        append(count: bytes.count) { $0.update(from: source, count: bytes.count) }
    }

    /// Appends so many bytes, all of which `body` writes.
    @inline(__always)
    mutating func append(count added: Int, writing body: (UnsafeMutablePointer<UInt8>) -> Void) {
        if memory.count - count < added { grow(by: added) }
        guard let start = memory.baseAddress else { return }
        body(start + count)
        count += added
    }

    private mutating func grow(by added: Int) {
        let capacity = max(2 * memory.count, count + added)
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
        _ = larger.update(fromContentsOf: memory[..<count])
        memory.deallocate()
        memory = larger
    }
}
