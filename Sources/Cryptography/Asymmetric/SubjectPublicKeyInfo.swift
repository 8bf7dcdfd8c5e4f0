import COpenSSL

/// SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), the DER in which public keys travel.
enum SubjectPublicKeyInfo {
    /// Makes a libcrypto key, owned by the caller; nil for anything that is not exactly one known public key.
    static func makeKey(der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var cursor = bytes.baseAddress
            let key = d2i_PUBKEY(nil, &cursor, bytes.count)
            guard let key, let start = bytes.baseAddress, let cursor, cursor - start == bytes.count else {
                EVP_PKEY_free(key)
                ERR_clear_error()
                return nil
            }
            return key
        }
    }

    /// Encodes a libcrypto key's public half.
    static func der(of key: OpaquePointer) throws(CryptographyError) -> [UInt8] {
        try encode { i2d_PUBKEY(key, $0) }
    }

    /// Encodes the raw public key of an algorithm that libcrypto does not know; without parameters.
    static func der(
        algorithm: ObjectIdentifierText,
        rawKey: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard let information = X509_PUBKEY_new() else { throw .libraryFailure(.keyEncoding) }
        defer { X509_PUBKEY_free(information) }
        guard let octets = CRYPTO_malloc(rawKey.count, #file, #line) else {
            throw .libraryFailure(.keyEncoding)
        }
        UnsafeMutableRawBufferPointer(start: octets, count: rawKey.count).copyBytes(from: rawKey)
        let bytes = octets.assumingMemoryBound(to: UInt8.self)
        let object = OBJ_txt2obj(algorithm.dotted, 1)
        guard X509_PUBKEY_set0_param(information, object, V_ASN1_UNDEF, nil, bytes, Int32(rawKey.count)) == 1
        else {
            CRYPTO_free(octets, #file, #line)
            ASN1_OBJECT_free(object)
            ERR_clear_error()
            throw .libraryFailure(.keyEncoding)
        }
        return try encode { i2d_X509_PUBKEY(information, $0) }
    }

    /// The raw public key inside, if the algorithm is the given one, without parameters.
    static func rawKey(of algorithm: ObjectIdentifierText, der: [UInt8]) -> [UInt8]? {
        defer { ERR_clear_error() }
        return der.withUnsafeBufferPointer { bytes -> [UInt8]? in
            var cursor = bytes.baseAddress
            guard let information = d2i_X509_PUBKEY(nil, &cursor, bytes.count) else { return nil }
            defer { X509_PUBKEY_free(information) }
            guard let start = bytes.baseAddress, let cursor, cursor - start == bytes.count else { return nil }
            var octets: UnsafePointer<UInt8>?
            var length: Int32 = 0
            var identifier: UnsafeMutablePointer<X509_ALGOR>?
            guard X509_PUBKEY_get0_param(nil, &octets, &length, &identifier, information) == 1,
                algorithm.isAlgorithm(of: UnsafePointer(identifier))
            else { return nil }
            return Array(UnsafeBufferPointer(start: octets, count: Int(length)))
        }
    }

    /// Runs an i2d function twice: for the length, then for the bytes.
    private static func encode(
        _ encoder: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) throws(CryptographyError) -> [UInt8] {
        let count = Int(encoder(nil))
        guard count > 0 else { throw .libraryFailure(.keyEncoding) }
        let der = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var cursor = buffer.baseAddress
            initialized = encoder(&cursor) == Int32(count) ? count : 0
        }
        guard der.count == count else { throw .libraryFailure(.keyEncoding) }
        return der
    }
}
