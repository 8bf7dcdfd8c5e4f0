@testable import Cryptography

/// Writes the few DER shapes the tests need, so that published numbers can be handed to the parsers under
/// test.
enum DERBuilder {
    static func element(_ tag: UInt8, _ parts: [UInt8]...) -> [UInt8] {
        let content = parts.flatMap { $0 }
        return [tag] + length(content.count) + content
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }

    static func octets(_ bytes: [UInt8]) -> [UInt8] { element(0x04, bytes) }

    static func bits(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

    /// A non-negative INTEGER.
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        let needsZero = digits.first.map { $0 >= 0x80 } ?? true
        return element(0x02, (needsZero ? [0] : []) + digits)
    }

    static func integer(_ value: UInt8) -> [UInt8] { integer([value]) }

    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [UInt8(count)] }
        let bytes = withUnsafeBytes(of: UInt32(count).bigEndian) { Array($0.drop { $0 == 0 }) }
        return [0x80 | UInt8(bytes.count)] + bytes
    }
}

/// Object identifiers, DER.
enum ObjectIdentifiers {
    static let rsaEncryption = [UInt8](hexadecimal: "06092a864886f70d010101")
    static let ecPublicKey = [UInt8](hexadecimal: "06072a8648ce3d0201")
    static let ed25519 = [UInt8](hexadecimal: "06032b6570")
    static let mlDSA65 = [UInt8](hexadecimal: "0609608648016503040312")
    static let mlDSA87 = [UInt8](hexadecimal: "0609608648016503040313")

    static func curve(_ spec: KeySpec) -> [UInt8] {
        switch spec {
        case .nistP256: [UInt8](hexadecimal: "06082a8648ce3d030107")
        case .nistP384: [UInt8](hexadecimal: "06052b81040022")
        case .nistP521: [UInt8](hexadecimal: "06052b81040023")
        case .secp256k1: [UInt8](hexadecimal: "06052b8104000a")
        default: [UInt8](hexadecimal: "06082a811ccf5501822d")
        }
    }
}

/// Keys of published numbers, as DER.
enum PublishedKey {
    static func rsaPublic(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
        DERBuilder.sequence(
            DERBuilder.sequence(ObjectIdentifiers.rsaEncryption, [0x05, 0x00]),
            DERBuilder.bits(
                DERBuilder.sequence(DERBuilder.integer(modulus), DERBuilder.integer(exponent))
            )
        )
    }

    /// The numbers in RFC 8017's order: n, e, d, p, q, d mod p−1, d mod q−1, q⁻¹ mod p.
    static func rsaPrivate(_ numbers: [[UInt8]]) -> [UInt8] {
        let body = numbers.map { DERBuilder.integer($0) }.flatMap { $0 }
        return DERBuilder.sequence(
            DERBuilder.integer(0),
            DERBuilder.sequence(ObjectIdentifiers.rsaEncryption, [0x05, 0x00]),
            DERBuilder.octets(DERBuilder.sequence(DERBuilder.integer(0), body))
        )
    }

    static func curvePublic(_ spec: KeySpec, x: [UInt8], y: [UInt8]) -> [UInt8] {
        DERBuilder.sequence(curveAlgorithm(spec), DERBuilder.bits(point(spec, x, y)))
    }

    static func curvePrivate(_ spec: KeySpec, scalar: [UInt8], x: [UInt8], y: [UInt8]) -> [UInt8] {
        DERBuilder.sequence(
            DERBuilder.integer(0),
            curveAlgorithm(spec),
            DERBuilder.octets(
                DERBuilder.sequence(
                    DERBuilder.integer(1),
                    DERBuilder.octets(scalar.leftPadded(to: fieldByteCount(spec))),
                    DERBuilder.element(0xA1, DERBuilder.bits(point(spec, x, y)))
                )
            )
        )
    }

    static func ed25519Private(seed: [UInt8]) -> [UInt8] {
        DERBuilder.sequence(
            DERBuilder.integer(0),
            DERBuilder.sequence(ObjectIdentifiers.ed25519),
            DERBuilder.octets(DERBuilder.octets(seed))
        )
    }

    /// Around the DER of RFC 9881's `CHOICE`.
    static func mlDSAPrivate(_ algorithm: [UInt8], choice: [UInt8]) -> [UInt8] {
        DERBuilder.sequence(
            DERBuilder.integer(0),
            DERBuilder.sequence(algorithm),
            DERBuilder.octets(choice)
        )
    }

    private static func curveAlgorithm(_ spec: KeySpec) -> [UInt8] {
        DERBuilder.sequence(ObjectIdentifiers.ecPublicKey, ObjectIdentifiers.curve(spec))
    }

    private static func point(_ spec: KeySpec, _ x: [UInt8], _ y: [UInt8]) -> [UInt8] {
        let count = fieldByteCount(spec)
        return [4] + x.leftPadded(to: count) + y.leftPadded(to: count)
    }

    private static func fieldByteCount(_ spec: KeySpec) -> Int {
        switch spec {
        case .nistP384: 48
        case .nistP521: 66
        default: 32
        }
    }
}
