import Glibc
import NIOCore
import NIOHPACK

/// The header fields of one request of HTTP/2, or of what follows its body.
final class HeaderBlock {
    let fields: HPACKHeaders
    /// What it asks for; nil where it says more than that.
    let plain: PlainFields?

    init(_ fields: HPACKHeaders) {
        self.fields = fields
        plain = PlainFields(fields.lazy.map { ($0.name, $0.value) })
    }

    /// The same fields as literals (RFC 7541 section 6.2.2), which are read without a table.
    var literals: ByteBuffer {
        var bytes = ByteBuffer()
        for (name, value, _) in fields {
            bytes.writeInteger(UInt8(0))
            Self.write(name, to: &bytes)
            Self.write(value, to: &bytes)
        }
        return bytes
    }

    /// A text without Huffman's code; its length has seven bits in the first byte (RFC 7541 sections 5.1 and 5.2).
    private static func write(_ text: String, to bytes: inout ByteBuffer) {
        var rest = text.utf8.count
        if rest < 0x7F {
            bytes.writeInteger(UInt8(rest))
        } else {
            bytes.writeInteger(UInt8(0x7F))
            rest -= 0x7F
            while rest >= 0x80 {
                bytes.writeInteger(UInt8(rest & 0x7F | 0x80))
                rest >>= 7
            }
            bytes.writeInteger(UInt8(rest))
        }
        bytes.writeString(text)
    }
}

/// Reads the blocks of one connection, in the order they come: each may change what the next one means.
///
/// A client says the same with the same bytes again, as long as neither changes the table. Such blocks are read once.
struct HeaderBlocks {
    private var decoder: HPACKDecoder
    private var known: [(bytes: [UInt8], block: HeaderBlock)] = []

    private static let knownMax = 8
    private static let knownBytesMax = 512

    init(listBytesMax: Int) {
        decoder = HPACKDecoder(
            allocator: ByteBufferAllocator(),
            maxDynamicTableSize: HPACKDecoder.maxDynamicTableSize,
            maxHeaderListSize: listBytesMax
        )
    }

    /// Nil for bytes that are no block; the connection cannot go on then.
    mutating func read(_ bytes: ByteBuffer) -> HeaderBlock? {
        let found = bytes.withUnsafeReadableBytes { new in
            known.first { Self.equals($0.bytes, new) }?.block
        }
        if let found { return found }
        var rest = bytes
        guard let fields = try? decoder.decodeHeaders(from: &rest) else { return nil }
        let block = HeaderBlock(fields)
        guard bytes.withUnsafeReadableBytes({ HeaderBlockText.leavesTable($0) }) else {
            known.removeAll(keepingCapacity: true)
            return block
        }
        if block.plain != nil, bytes.readableBytes <= Self.knownBytesMax {
            if known.count == Self.knownMax { known.removeFirst() }
            known.append((Array(bytes.readableBytesView), block))
        }
        return block
    }

    private static func equals(_ one: [UInt8], _ other: UnsafeRawBufferPointer) -> Bool {
        guard let start = other.baseAddress, one.count == other.count else { return false }
        return one.withUnsafeBytes { $0.baseAddress.map { memcmp($0, start, other.count) == 0 } ?? false }
    }
}
