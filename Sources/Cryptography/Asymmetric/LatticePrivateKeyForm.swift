import COpenSSL

/// The octets of an ML-DSA private key inside PKCS#8: a seed, or a seed with the key expanded from it.
///
/// RFC 9881, section 6: `CHOICE { seed [0] OCTET STRING, expandedKey OCTET STRING, both SEQUENCE }`. The
/// expanded form alone is refused: swift-crypto makes keys from seeds only.
struct LatticePrivateKeyForm {
    /// The seed, inside the memory given to `init`.
    let seed: UnsafeRawBufferPointer
    private let expanded: UnsafeRawBufferPointer?

    private static let seedByteCount = 32

    init?(_ octets: UnsafeRawBufferPointer) {
        guard let outer = DERElement(octets), outer.rest.isEmpty else { return nil }
        if outer.isContextTag(0) {
            (seed, expanded) = (outer.content, nil)
        } else {
            guard outer.isUniversal(V_ASN1_SEQUENCE),
                let first = DERElement(outer.content), first.isUniversal(V_ASN1_OCTET_STRING),
                let second = DERElement(first.rest), second.isUniversal(V_ASN1_OCTET_STRING),
                second.rest.isEmpty
            else { return nil }
            (seed, expanded) = (first.content, second.content)
        }
        guard seed.count == Self.seedByteCount else { return nil }
    }

    /// Whether the expanded key, if there is one, starts with the same ρ as the public key made from the
    /// seed.
    ///
    /// The expanded key is not used; this only catches a key put together from two (RFC 9881, section 8).
    func isExpansion(of publicKey: [UInt8]) -> Bool {
        guard let expanded else { return true }
        return expanded.count > Self.seedByteCount
            && expanded.prefix(Self.seedByteCount).elementsEqual(publicKey.prefix(Self.seedByteCount))
    }

    /// The seed form's octets.
    static func encode(seed: some Collection<UInt8>) -> SecretBytes {
        let header: [UInt8] = [0x80, UInt8(seed.count)]
        return SecretBytes(count: header.count + seed.count) { buffer in
            buffer.copyBytes(from: header)
            UnsafeMutableRawBufferPointer(rebasing: buffer[header.count...]).copyBytes(from: seed)
        }
    }
}
