import Cryptography

/// UUIDs of which nobody who knows others can tell the next.
enum UnguessableID {
    /// A version 4 UUID (RFC 9562) of random bytes.
    static func make() -> String { NameID.text(of: RandomSource.bytes(16), version: 0x40) }
}
