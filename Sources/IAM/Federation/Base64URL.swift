import AWSProtocol

/// Base64 for addresses without padding (RFC 4648 section 5, RFC 7515 section 2), read strictly.
enum Base64URL {
    /// The text of some bytes.
    static func encode(_ bytes: [UInt8]) -> String {
        String(
            decoding: Base64.encode(bytes).utf8.compactMap { letter in
                switch letter {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                case UInt8(ascii: "="): nil
                default: letter
                }
            },
            as: UTF8.self
        )
    }

    /// The bytes of a text; nil for padding, characters outside of the alphabet and bits that mean nothing.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var standard: [UInt8] = []
        standard.reserveCapacity(text.count + 3)
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: standard.append(byte)
            }
        }
        guard standard.count % 4 != 1 else { return nil }
        while !standard.count.isMultiple(of: 4) { standard.append(UInt8(ascii: "=")) }
        return Base64.decode(standard)
    }
}
