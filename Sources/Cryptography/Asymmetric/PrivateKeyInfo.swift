import COpenSSL

/// A PKCS#8 PrivateKeyInfo (RFC 5208) in memory that libcrypto wipes when it is freed.
struct PrivateKeyInfo: ~Copyable {
    private let handle: OpaquePointer

    private init(owning handle: OpaquePointer) { self.handle = handle }

    /// Parses DER; nil for anything that is not exactly one PrivateKeyInfo.
    init?(der: UnsafeRawBufferPointer) {
        let start = der.assumingMemoryBound(to: UInt8.self).baseAddress
        var cursor = start
        let parsed = d2i_PKCS8_PRIV_KEY_INFO(nil, &cursor, der.count)
        // Trailing bytes would make two encodings of one key.
        guard let parsed, let start, let cursor, cursor - start == der.count else {
            PKCS8_PRIV_KEY_INFO_free(parsed)
            ERR_clear_error()
            return nil
        }
        self.init(owning: parsed)
    }

    /// Encodes a libcrypto key.
    init?(of key: OpaquePointer) {
        guard let encoded = EVP_PKEY2PKCS8(key) else {
            ERR_clear_error()
            return nil
        }
        self.init(owning: encoded)
    }

    /// Builds one with absent algorithm parameters around the octets of a private key.
    init?(algorithm: ObjectIdentifierText, privateKey: UnsafeRawBufferPointer) {
        let information = PKCS8_PRIV_KEY_INFO_new()
        guard let information, Self.fill(information, algorithm, privateKey) else {
            PKCS8_PRIV_KEY_INFO_free(information)
            ERR_clear_error()
            return nil
        }
        self.init(owning: information)
    }

    private static func fill(
        _ information: OpaquePointer,
        _ algorithm: ObjectIdentifierText,
        _ privateKey: UnsafeRawBufferPointer
    ) -> Bool {
        // A successful set0 takes over both the identifier and the octets.
        guard let octets = CRYPTO_malloc(privateKey.count, #file, #line) else { return false }
        UnsafeMutableRawBufferPointer(start: octets, count: privateKey.count).copyMemory(from: privateKey)
        let object = OBJ_txt2obj(algorithm.dotted, 1)
        let bytes = octets.assumingMemoryBound(to: UInt8.self)
        let status = PKCS8_pkey_set0(
            information,
            object,
            0,
            V_ASN1_UNDEF,
            nil,
            bytes,
            Int32(privateKey.count)
        )
        if status != 1 {
            CRYPTO_clear_free(octets, privateKey.count, #file, #line)
            ASN1_OBJECT_free(object)
        }
        return status == 1
    }

    deinit { PKCS8_PRIV_KEY_INFO_free(handle) }

    /// Makes the libcrypto key, owned by the caller; nil where libcrypto knows no such key or the numbers are
    /// bad.
    func makeKey() -> OpaquePointer? {
        let key = EVP_PKCS82PKEY(handle)
        if key == nil { ERR_clear_error() }
        return key
    }

    /// Gives `body` the private key's octets; `.invalidKeyMaterial` unless of the given algorithm, without
    /// parameters.
    func withPrivateKey<Result>(
        of algorithm: ObjectIdentifierText,
        _ body: (UnsafeRawBufferPointer) throws(CryptographyError) -> Result
    ) throws(CryptographyError) -> Result {
        var octets: UnsafePointer<UInt8>?
        var length: Int32 = 0
        var identifier: UnsafePointer<X509_ALGOR>?
        guard PKCS8_pkey_get0(nil, &octets, &length, &identifier, handle) == 1,
            algorithm.isAlgorithm(of: identifier)
        else { throw .invalidKeyMaterial }
        return try body(UnsafeRawBufferPointer(start: octets, count: Int(length)))
    }

    /// Whether the algorithm's parameters are the name of the given curve, a `NID_…` of libcrypto.
    func namesCurve(_ curve: Int32) -> Bool {
        var identifier: UnsafePointer<X509_ALGOR>?
        guard PKCS8_pkey_get0(nil, nil, nil, &identifier, handle) == 1 else { return false }
        var parameter: UnsafeRawPointer?
        var parameterType: Int32 = 0
        X509_ALGOR_get0(nil, &parameterType, &parameter, identifier)
        guard parameterType == V_ASN1_OBJECT, let parameter else { return false }
        return OBJ_obj2nid(OpaquePointer(parameter)) == curve
    }

    /// The DER encoding.
    func der() throws(CryptographyError) -> SecretBytes {
        let count = Int(i2d_PKCS8_PRIV_KEY_INFO(handle, nil))
        guard count > 0 else { throw .libraryFailure(.keyEncoding) }
        return try SecretBytes(count: count) { buffer throws(CryptographyError) in
            var cursor = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard Int(i2d_PKCS8_PRIV_KEY_INFO(handle, &cursor)) == count else {
                throw .libraryFailure(.keyEncoding)
            }
        }
    }
}
