import Cryptography

/// Reads the fields of a protobuf message one after the other, without copying.
struct ProtobufReader {
    enum Value {
        case integer(UInt64)
        case bytes(UnsafeRawBufferPointer)
        /// Eight or four bytes, which no message here uses.
        case fixed
    }

    private let message: UnsafeRawBufferPointer
    private var index = 0

    init(_ message: UnsafeRawBufferPointer) { self.message = message }

    var isAtEnd: Bool { index == message.count }

    /// The next field; nil when the message is malformed there.
    mutating func next() -> (number: UInt64, value: Value)? {
        guard let tag = integer(), tag >> 3 > 0 else { return nil }
        switch tag & 7 {
        case 0: return integer().map { (tag >> 3, .integer($0)) }
        case 1: return skip(8) ? (tag >> 3, .fixed) : nil
        case 2:
            guard let count = integer(), count <= UInt64(message.count - index) else { return nil }
            let bytes = UnsafeRawBufferPointer(rebasing: message[index..<(index + Int(count))])
            index += Int(count)
            return (tag >> 3, .bytes(bytes))
        case 5: return skip(4) ? (tag >> 3, .fixed) : nil
        default: return nil
        }
    }

    private mutating func skip(_ count: Int) -> Bool {
        guard message.count - index >= count else { return false }
        index += count
        return true
    }

    /// A base-128 integer of at most ten bytes.
    private mutating func integer() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard index < message.count else { return nil }
            let byte = message[index]
            index += 1
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}

/// Collects the fields of a protobuf message; secrets stay where they are until it is put together.
struct ProtobufWriter {
    private enum Piece {
        case plain([UInt8])
        case secret(SharedSecret)

        var count: Int {
            switch self {
            case .plain(let bytes): bytes.count
            case .secret(let secret): secret.count
            }
        }
    }

    private var pieces: [Piece] = []

    private var count: Int { pieces.reduce(0) { $0 + $1.count } }

    mutating func integer(_ field: UInt64, _ value: UInt64) {
        pieces.append(.plain(Self.varint(field << 3) + Self.varint(value)))
    }

    mutating func text(_ field: UInt64, _ text: String) {
        begin(field, count: text.utf8.count)
        pieces.append(.plain(Array(text.utf8)))
    }

    mutating func bytes(_ field: UInt64, _ secret: SharedSecret) {
        begin(field, count: secret.count)
        pieces.append(.secret(secret))
    }

    mutating func message(_ field: UInt64, _ message: ProtobufWriter) {
        begin(field, count: message.count)
        pieces += message.pieces
    }

    /// The whole message.
    func joined() -> SecretBytes {
        SecretBytes(count: count) { memory in
            var rest = memory[...]
            for piece in pieces {
                let target = UnsafeMutableRawBufferPointer(rebasing: rest.prefix(piece.count))
                switch piece {
                case .plain(let bytes): target.copyBytes(from: bytes)
                case .secret(let secret): secret.withUnsafeBytes { target.copyMemory(from: $0) }
                }
                rest = rest.dropFirst(piece.count)
            }
        }
    }

    private mutating func begin(_ field: UInt64, count: Int) {
        pieces.append(.plain(Self.varint(field << 3 | 2) + Self.varint(UInt64(count))))
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var (bytes, rest): ([UInt8], UInt64) = ([], value)
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
