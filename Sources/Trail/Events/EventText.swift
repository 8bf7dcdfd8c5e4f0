/// A growing text in memory that it is lent, and in memory of its own from where that is full.
///
/// An event is put together of some seventy pieces: an array would check for each whether it is shared, and
/// would not be inlined.
struct EventText: ~Copyable {
    private var memory: UnsafeMutableBufferPointer<UInt8>
    private var count = 0
    /// Whether the memory is the text's own.
    private var isOwn = false

    /// The text that `body` writes; memory for `capacity` bytes is taken at once.
    static func bytes(capacity: Int, _ body: (inout EventText) -> Void) -> [UInt8] {
        var longer: [UInt8]?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { memory, count in
            var text = EventText(memory)
            body(&text)
            if text.isOwn {
                longer = Array(UnsafeBufferPointer(rebasing: text.memory[..<text.count]))
            } else {
                count = text.count
            }
        }
        return longer ?? bytes
    }

    private init(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        self.memory = memory
    }

    deinit { if isOwn { memory.deallocate() } }

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

    /// Appends bytes between quotes if all words of eight of them are plain; otherwise nothing, and answers false.
    ///
    /// Testing and copying are one pass; the last word overlaps the one before, and fewer than eight bytes are tested
    /// behind spaces.
    @inline(__always)
    mutating func appendQuoted(
        _ bytes: UnsafeBufferPointer<UInt8>,
        where isPlain: (UInt64) -> Bool
    ) -> Bool {
        let length = bytes.count
        if memory.count - count < length + 2 { grow(by: length + 2) }
        guard let start = memory.baseAddress else { return false }
        let target = UnsafeMutableRawPointer(start + count)
        if length >= 8, let source = UnsafeRawPointer(bytes.baseAddress) {
            var index = 0
            while true {
                let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                guard isPlain(word) else { return false }
                target.storeBytes(of: word, toByteOffset: index + 1, as: UInt64.self)
                if index == length - 8 { break }
                index = min(index + 8, length - 8)
            }
        } else {
            var word: UInt64 = 0x2020_2020_2020_2020
            for (index, byte) in bytes.enumerated() {
                word = word << 8 | UInt64(byte)
                target.storeBytes(of: byte, toByteOffset: index + 1, as: UInt8.self)
            }
            guard isPlain(word) else { return false }
        }
        target.storeBytes(of: 0x22, as: UInt8.self)
        target.storeBytes(of: 0x22, toByteOffset: length + 1, as: UInt8.self)
        count += length + 2
        return true
    }

    private mutating func grow(by added: Int) {
        let capacity = max(64, 2 * memory.count, count + added)
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
        _ = larger.update(fromContentsOf: memory[..<count])
        if isOwn { memory.deallocate() }
        memory = larger
        isOwn = true
    }
}
