import COpenSSL
import Synchronization

/// A key in libcrypto's hands: RSA, the NIST curves, secp256k1 and SM2; or only its public half.
///
/// libcrypto rather than swift-crypto because it alone has secp256k1 and SM2, signs with RSA-2048 in half the
/// time and with P-521 in a quarter (255 and 265 µs against 540 and 1150). Where swift-crypto is the faster one, see
/// ``NISTCurveKey``.
final class LibcryptoKey: @unchecked Sendable {
    // Unchecked: libcrypto lets any number of threads use one EVP_PKEY that none of them changes
    // (openssl-threads(7)); it is changed only before a factory below returns it, and every operation has
    // an EVP_PKEY_CTX for itself.
    let handle: OpaquePointer
    let spec: KeySpec
    /// Of one signature to be found ready by the next.
    let signing = Mutex<SigningContext?>(nil)
    private let madeNISTCurveKey = AtomicLazyReference<NISTCurveKey>()

    private init(owning handle: OpaquePointer, spec: KeySpec) {
        self.handle = handle
        self.spec = spec
    }

    deinit { EVP_PKEY_free(handle) }

    /// Draws a new key pair.
    ///
    /// RSA-2048 takes some 50 to 300 ms, RSA-4096 seconds: keep it off an event loop. Only RSA heeds the pace.
    static func generate(
        _ spec: KeySpec,
        _ pace: GenerationPace = .caller
    ) throws(CryptographyError) -> LibcryptoKey {
        if case .yielding(let seconds) = pace, spec.modulusBitCount != nil {
            let generation = IdleGeneration(spec)
            generation.start()
            if let key = generation.key(withinSeconds: seconds) { return key }
            generation.giveUp()
        }
        return try generate(spec, watchedBy: nil)
    }

    static func generate(
        _ spec: KeySpec,
        watchedBy generation: IdleGeneration?
    ) throws(CryptographyError) -> LibcryptoKey {
        guard let form = Form(spec) else { throw .unsupported(.keySpec(spec)) }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, form.typeName, nil) else {
            throw .libraryFailure(.keyGeneration)
        }
        defer {
            EVP_PKEY_CTX_free(context)
            // The context only points to it.
            withExtendedLifetime(generation) {}
        }
        generation?.watch(context)
        var handle: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) > 0, form.selectParameters(in: context),
            EVP_PKEY_generate(context, &handle) > 0, let handle, let key = adopt(handle, spec: spec)
        else {
            ERR_clear_error()
            throw .libraryFailure(.keyGeneration)
        }
        return key
    }

    /// Reads a PKCS#8 PrivateKeyInfo (RFC 5208); `.invalidKeyMaterial` unless it holds a key of the spec.
    ///
    /// Checks the form, not that the numbers belong together: see ``isConsistent``.
    static func load(
        _ spec: KeySpec,
        privateKeyInfo der: UnsafeRawBufferPointer
    ) throws(CryptographyError) -> LibcryptoKey {
        guard let information = PrivateKeyInfo(der: der) else { throw .invalidKeyMaterial }
        // libcrypto lets a curve named inside the private key overrule the one named outside.
        if let curve = Form(spec)?.curve, !information.namesCurve(curve) { throw .invalidKeyMaterial }
        guard let handle = information.makeKey(), let key = adopt(handle, spec: spec) else {
            throw .invalidKeyMaterial
        }
        return key
    }

    /// Reads a SubjectPublicKeyInfo (RFC 5280); `.invalidPublicKey` unless it holds a key of the spec.
    static func load(
        _ spec: KeySpec,
        subjectPublicKeyInfo der: [UInt8]
    ) throws(CryptographyError) -> LibcryptoKey {
        guard let handle = SubjectPublicKeyInfo.makeKey(der: der), let key = adopt(handle, spec: spec) else {
            throw .invalidPublicKey
        }
        return key
    }

    /// Takes over a fresh key if it is of the spec, with one DER encoding whatever it was read from.
    private static func adopt(_ handle: OpaquePointer, spec: KeySpec) -> LibcryptoKey? {
        let key = LibcryptoKey(owning: handle, spec: spec)
        guard let form = Form(spec), form.matches(handle), form.normalizeEncoding(of: handle) else {
            ERR_clear_error()
            return nil
        }
        return key
    }

    /// The same key in swift-crypto's hands where it signs and verifies faster, made when first asked for.
    var nistCurveKey: NISTCurveKey? {
        guard spec == .nistP256 || spec == .nistP384 else { return nil }
        if let made = madeNISTCurveKey.load() { return made }
        return NISTCurveKey(self).map { madeNISTCurveKey.storeIfNil($0) }
    }

    /// The PKCS#8 PrivateKeyInfo, DER.
    func privateKeyInfo() throws(CryptographyError) -> SecretBytes {
        guard let information = PrivateKeyInfo(of: handle) else { throw .libraryFailure(.keyEncoding) }
        return try information.der()
    }

    /// The SubjectPublicKeyInfo, DER.
    func subjectPublicKeyInfo() throws(CryptographyError) -> [UInt8] {
        try SubjectPublicKeyInfo.der(of: handle)
    }

    /// Whether the private key's numbers are what they claim to be and belong to its public key.
    ///
    /// For material from outside. RSA tests its primes, which takes 50 ms and more for RSA-4096. An RSA
    /// public exponent must lie between 2¹⁶ and 2²⁵⁶ (FIPS 186-5, A.1.1).
    var isConsistent: Bool {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, handle, nil) else { return false }
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_PKEY_check(context) == 1 && (Form(spec)?.hasAcceptableExponent(handle) ?? false)
    }
}
