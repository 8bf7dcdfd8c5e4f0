import COpenSSL
import Crypto

/// An ML-DSA key pair (FIPS 204) of swift-crypto; ML-DSA-44 is not among what it offers.
enum LatticeKey: Sendable, SecretBearing {
    case level65(MLDSA65.PrivateKey)
    case level87(MLDSA87.PrivateKey)

    private static let seedByteCount = 32

    /// Draws a new key pair.
    static func generate(_ spec: KeySpec) throws(CryptographyError) -> LatticeKey {
        let seed = SecretBytes(randomCount: seedByteCount)
        return try seed.withUnsafeBytes { bytes throws(CryptographyError) in
            try LatticeKey(spec, seed: bytes)
        }
    }

    /// Derives the key pair from its 32-byte seed ξ (FIPS 204, algorithm 6).
    init(_ spec: KeySpec, seed: UnsafeRawBufferPointer) throws(CryptographyError) {
        do {
            switch spec {
            case .mlDSA65:
                self = .level65(try MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil))
            case .mlDSA87:
                self = .level87(try MLDSA87.PrivateKey(seedRepresentation: seed, publicKey: nil))
            default:
                throw CryptographyError.unsupported(.keySpec(spec))
            }
        } catch let error as CryptographyError {
            throw error
        } catch {
            // swift-crypto fails here only for a wrong length.
            throw .invalidKeyMaterial
        }
    }

    /// Reads a PKCS#8 PrivateKeyInfo whose private key has the seed (RFC 9881, section 6).
    static func load(
        _ spec: KeySpec,
        privateKeyInfo der: UnsafeRawBufferPointer
    ) throws(CryptographyError) -> LatticeKey {
        guard let algorithm = algorithm(of: spec) else { throw .unsupported(.keySpec(spec)) }
        guard let information = PrivateKeyInfo(der: der) else { throw .invalidKeyMaterial }
        return try information.withPrivateKey(of: algorithm) { octets throws(CryptographyError) in
            guard let form = LatticePrivateKeyForm(octets) else { throw .invalidKeyMaterial }
            let key = try LatticeKey(spec, seed: form.seed)
            guard form.isExpansion(of: key.publicKey.rawKey) else { throw .invalidKeyMaterial }
            return key
        }
    }

    /// The PKCS#8 PrivateKeyInfo with the seed alone, DER.
    func privateKeyInfo() throws(CryptographyError) -> SecretBytes {
        let seed =
            switch self {
            case .level65(let key): key.seedRepresentation
            case .level87(let key): key.seedRepresentation
            }
        let choice = LatticePrivateKeyForm.encode(seed: seed)
        return try choice.withUnsafeBytes { octets throws(CryptographyError) in
            guard let information = PrivateKeyInfo(algorithm: algorithm, privateKey: octets) else {
                throw .libraryFailure(.keyEncoding)
            }
            return try information.der()
        }
    }

    /// Signs with ML-DSA, hedged, with an empty context (FIPS 204, algorithm 2).
    func sign(message: UnsafeRawBufferPointer) throws(CryptographyError) -> [UInt8] {
        do {
            return switch self {
            case .level65(let key): [UInt8](try key.signature(for: message))
            case .level87(let key): [UInt8](try key.signature(for: message))
            }
        } catch {
            // BoringSSL fails here only for want of memory.
            throw .libraryFailure(.signing)
        }
    }

    var publicKey: LatticePublicKey {
        switch self {
        case .level65(let key): .level65(key.publicKey)
        case .level87(let key): .level87(key.publicKey)
        }
    }

    private var algorithm: ObjectIdentifierText {
        switch self {
        case .level65: .mlDSA65
        case .level87: .mlDSA87
        }
    }

    static func algorithm(of spec: KeySpec) -> ObjectIdentifierText? {
        switch spec {
        case .mlDSA65: .mlDSA65
        case .mlDSA87: .mlDSA87
        default: nil
        }
    }
}
