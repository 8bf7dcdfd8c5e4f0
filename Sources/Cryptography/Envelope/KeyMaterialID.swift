/// The 32 bytes that name one piece of a key's backing material, written as 64 lower-case hex digits.
///
/// Derived from the key id and the material, so the same for every replica of a multi-Region key. Keyed with
/// a secret of the server, because a bare hash of imported material with little entropy could be searched.
package struct KeyMaterialID: Hashable, Sendable {
    package static let byteCount = 32

    private struct Words: Hashable {
        var one: UInt64 = 0
        var two: UInt64 = 0
        var three: UInt64 = 0
        var four: UInt64 = 0
    }

    // The bytes as they lie in memory, never read as numbers: no byte order to agree on.
    private var words = Words()

    /// Takes HMAC-SHA-256 under the server's secret over the length-prefixed key id and material.
    package static func derive(
        keyID: KeyUniqueID,
        material: UnsafeRawBufferPointer,
        secret: DerivationKey
    ) -> KeyMaterialID {
        let nameBytes = LengthPrefixed.lengthBytes + KeyUniqueID.textByteCount + LengthPrefixed.lengthBytes
        var id = KeyMaterialID()
        let isDone = withUnsafeMutableBytes(of: &id.words) { code in
            withUnsafeTemporaryAllocation(byteCount: nameBytes, alignment: 1) { name in
                func put(length: Int, at offset: Int) {
                    name.storeBytes(of: UInt32(length).bigEndian, toByteOffset: offset, as: UInt32.self)
                }
                put(length: KeyUniqueID.textByteCount, at: 0)
                if let base = name.baseAddress?.assumingMemoryBound(to: UInt8.self) {
                    keyID.write(to: base + LengthPrefixed.lengthBytes)
                }
                put(length: material.count, at: LengthPrefixed.lengthBytes + KeyUniqueID.textByteCount)
                return secret.writeCode(of: UnsafeRawBufferPointer(name), material, into: code)
            }
        }
        precondition(isDone, "no memory for a code")
        return id
    }

    private init() {}

    /// Takes the bytes of a ciphertext's header, or nil when there are not 32.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    }

    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: words, body)
    }

    package var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}

// MARK: Text

extension KeyMaterialID {
    /// The number of bytes that ``write(to:)`` writes.
    package static let textByteCount = 64

    /// Reads 64 lower-case hex digits and nothing else.
    package init?(_ text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == Self.textByteCount else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let upper = Hex.value(ofLowerCase: digits[index]),
                let lower = Hex.value(ofLowerCase: digits[index + 1])
            else { return nil }
            bytes.append(upper << 4 | lower)
        }
        self.init(bytes: bytes)
    }

    /// Writes the text form's 64 ASCII bytes; for answers that are built without strings.
    package func write(to target: UnsafeMutablePointer<UInt8>) {
        withUnsafeBytes { bytes in
            for (index, byte) in bytes.enumerated() { Hex.write(byte, to: target + 2 * index) }
        }
    }

    package var text: String {
        String(unsafeUninitializedCapacity: Self.textByteCount) { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            write(to: base)
            return Self.textByteCount
        }
    }
}

extension KeyMaterialID: CustomStringConvertible {
    package var description: String { text }
}

extension KeyMaterialID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = KeyMaterialID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a material id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
