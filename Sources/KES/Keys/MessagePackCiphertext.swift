/// The ciphertexts of March 2022 to January 2024: a MessagePack array of algorithm, key id, IV, nonce, bytes.
enum MessagePackCiphertext {
    /// An array of five.
    static let firstByte: UInt8 = 0x95

    static func parse(_ bytes: [UInt8]) -> CiphertextParts? {
        guard bytes.first == firstByte else { return nil }
        var reader = MessagePackReader(bytes.dropFirst())
        guard let name = reader.text(), reader.text() != nil, let iv = reader.binary(),
            let nonce = reader.binary(), let sealed = reader.binary(), reader.isAtEnd,
            let algorithm = KeyAlgorithm(name: String(decoding: name, as: UTF8.self))
        else { return nil }
        return CiphertextParts(algorithm: algorithm, iv: iv, nonce: nonce, sealed: sealed)
    }
}

/// Reads strings and binaries of the MessagePack format; nil for anything else and at the end.
private struct MessagePackReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func text() -> ArraySlice<UInt8>? {
        guard let head = rest.popFirst() else { return nil }
        switch head {
        case 0xa0...0xbf: return take(Int(head & 0x1f))
        case 0xd9: return takeCounted(countBytes: 1)
        case 0xda: return takeCounted(countBytes: 2)
        case 0xdb: return takeCounted(countBytes: 4)
        default: return nil
        }
    }

    mutating func binary() -> ArraySlice<UInt8>? {
        switch rest.popFirst() {
        case 0xc4: takeCounted(countBytes: 1)
        case 0xc5: takeCounted(countBytes: 2)
        case 0xc6: takeCounted(countBytes: 4)
        default: nil
        }
    }

    private mutating func takeCounted(countBytes: Int) -> ArraySlice<UInt8>? {
        guard let count = take(countBytes) else { return nil }
        return take(count.reduce(0) { $0 << 8 | Int($1) })
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
