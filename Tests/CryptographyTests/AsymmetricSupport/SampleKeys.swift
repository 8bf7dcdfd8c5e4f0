import Testing

@testable import Cryptography

extension KeySpec {
    static let asymmetricSupported = allCases.filter { $0.isAsymmetric && $0.isSupported }
    static let rsa: [KeySpec] = [.rsa2048, .rsa3072, .rsa4096]
    static let agreeing: [KeySpec] = [.nistP256, .nistP384, .nistP521]
    static let macs: [KeySpec] = [.hmac224, .hmac256, .hmac384, .hmac512]
}

extension AsymmetricKey {
    /// The encoded point of a curve's public key: the last bytes of its DER, from the form byte on.
    var point: ArraySlice<UInt8> {
        let coordinates =
            switch spec {
            case .nistP384: 96
            case .nistP521: 132
            default: 64
            }
        return publicKeyDER.suffix(coordinates + 1)
    }
}

/// One key of each spec, made once: RSA keys are slow to draw.
enum SampleKeys {
    static func key(_ spec: KeySpec) throws -> AsymmetricKey {
        try first[spec]?.get() ?? AsymmetricKey.generate(spec)
    }

    /// Another key of the spec.
    static func other(_ spec: KeySpec) throws -> AsymmetricKey {
        try second[spec]?.get() ?? AsymmetricKey.generate(spec)
    }

    static let wrapping = Result { () throws(CryptographyError) in try WrappingKeyPair.generate(.rsa3072) }

    private typealias Drawn = Result<AsymmetricKey, CryptographyError>
    private static let first = drawAll()
    private static let second = drawAll()

    private static func drawAll() -> [KeySpec: Drawn] {
        var keys: [KeySpec: Drawn] = [:]
        for spec in KeySpec.asymmetricSupported {
            keys[spec] = Result { () throws(CryptographyError) in try AsymmetricKey.generate(spec) }
        }
        return keys
    }
}

/// A signing algorithm with a spec that has it.
struct SigningCase: CustomTestStringConvertible {
    let spec: KeySpec
    let algorithm: SigningAlgorithm

    var testDescription: String { "\(spec.rawValue) \(algorithm.rawValue)" }

    static let all = KeySpec.asymmetricSupported.flatMap { spec in
        spec.signingAlgorithms.map { SigningCase(spec: spec, algorithm: $0) }
    }

    /// A message type the algorithm takes, and a message of a length that goes with it.
    var message: (MessageType, [UInt8]) {
        algorithm.messageTypes.contains(.raw)
            ? (.raw, Array("a message to sign".utf8))
            : (.digest, [UInt8](repeating: 0x5A, count: algorithm.digestByteCount ?? 0))
    }
}
