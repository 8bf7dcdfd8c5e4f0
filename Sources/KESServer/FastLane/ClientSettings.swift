import NIOCore
import NIOHPACK

/// What the client's settings ask of answers (RFC 9113 section 6.5.2).
struct ClientSettings {
    /// How much a new stream may send.
    private(set) var streamAllowance = SendAllowance.atFirst
    /// Whether the next answer has to tell of another size of the table (RFC 7541 section 4.2).
    var isTableResized = false
    private var tableBytesMax = HPACKDecoder.maxDynamicTableSize

    enum Name {
        static let tableBytesMax: UInt16 = 1
        static let streamAllowance: UInt16 = 4
    }

    /// Takes the payload of a frame of settings.
    mutating func take(_ payload: ByteBuffer) {
        var rest = payload
        while let name: UInt16 = rest.readInteger(), let value: UInt32 = rest.readInteger() {
            switch name {
            case Name.tableBytesMax where Int(value) != tableBytesMax:
                (tableBytesMax, isTableResized) = (Int(value), true)
            case Name.streamAllowance: streamAllowance = Int(value)
            default: break
            }
        }
    }
}
