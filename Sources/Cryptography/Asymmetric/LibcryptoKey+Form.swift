import COpenSSL

extension LibcryptoKey {
    /// What libcrypto calls a key spec: an algorithm name with a modulus size or a curve.
    enum Form {
        case rsa(bits: Int)
        case ellipticCurve(group: String)
        case sm2

        /// Nil for the specs that other libraries serve.
        init?(_ spec: KeySpec) {
            switch spec {
            case .rsa2048: self = .rsa(bits: 2048)
            case .rsa3072: self = .rsa(bits: 3072)
            case .rsa4096: self = .rsa(bits: 4096)
            case .nistP256: self = .ellipticCurve(group: "prime256v1")
            case .nistP384: self = .ellipticCurve(group: "secp384r1")
            case .nistP521: self = .ellipticCurve(group: "secp521r1")
            case .secp256k1: self = .ellipticCurve(group: "secp256k1")
            case .sm2: self = .sm2
            case .symmetricDefault, .edwards25519, .mlDSA44, .mlDSA65, .mlDSA87, .hmac224, .hmac256, .hmac384,
                .hmac512:
                return nil
            }
        }

        /// The curve's `NID_…`; nil for RSA.
        var curve: Int32? {
            switch self {
            case .rsa: nil
            case .ellipticCurve(let group): OBJ_txt2nid(group)
            case .sm2: NID_sm2
            }
        }

        var typeName: String {
            switch self {
            case .rsa: "RSA"
            case .ellipticCurve: "EC"
            case .sm2: "SM2"
            }
        }

        /// Prepares a key generation context.
        func selectParameters(in context: OpaquePointer) -> Bool {
            switch self {
            case .rsa(let bits): EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) > 0
            case .ellipticCurve(let group): EVP_PKEY_CTX_set_group_name(context, group) > 0
            case .sm2: true
            }
        }

        /// Whether a key is of this form: for RSA two primes and exactly so many bits, for curves the named
        /// one.
        func matches(_ key: OpaquePointer) -> Bool {
            guard EVP_PKEY_is_a(key, typeName) == 1 else { return false }
            switch self {
            case .rsa(let bits):
                return EVP_PKEY_get_bits(key) == bits && !Self.hasThirdPrime(key)
            case .ellipticCurve(let group):
                return Self.groupName(of: key) == group && !Self.isExplicit(key)
            case .sm2:
                return !Self.isExplicit(key)
            }
        }

        /// Makes the key's encodings depend on its numbers only: the point uncompressed, and always present.
        func normalizeEncoding(of key: OpaquePointer) -> Bool {
            guard case .rsa = self else {
                let format = OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT
                let uncompressed = OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED
                return EVP_PKEY_set_utf8_string_param(key, format, uncompressed) == 1
                    && EVP_PKEY_set_int_param(key, OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 1) == 1
            }
            return true
        }

        /// Whether the public exponent is one that FIPS 186-5 allows; true for curves, which have none.
        func hasAcceptableExponent(_ key: OpaquePointer) -> Bool {
            guard case .rsa = self else { return true }
            var exponent: OpaquePointer?
            guard EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 else { return false }
            defer { BN_free(exponent) }
            return (17...256).contains(BN_num_bits(exponent)) && BN_is_odd(exponent) == 1
        }

        private static func hasThirdPrime(_ key: OpaquePointer) -> Bool {
            var factor: OpaquePointer?
            defer { BN_clear_free(factor) }
            return EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_FACTOR + "3", &factor) == 1
        }

        private static func groupName(of key: OpaquePointer) -> String? {
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { name in
                var length = 0
                guard EVP_PKEY_get_group_name(key, name.baseAddress, name.count, &length) == 1 else {
                    return nil
                }
                return String(decoding: name[..<length].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
            }
        }

        /// Whether the curve was spelled out in numbers instead of named, a door to forged curves
        /// (CVE-2020-0601).
        private static func isExplicit(_ key: OpaquePointer) -> Bool {
            var flag: Int32 = 0
            let name = OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS
            return EVP_PKEY_get_int_param(key, name, &flag) != 1 || flag != 0
        }
    }
}
