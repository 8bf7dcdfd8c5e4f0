import COpenSSL

/// An ASN.1 object identifier in dotted form, of an algorithm whose keys libcrypto 3.0 does not handle here.
struct ObjectIdentifierText: Hashable, Sendable {
    let dotted: String

    /// Ed25519 (RFC 8410, section 3).
    static let ed25519 = ObjectIdentifierText(dotted: "1.3.101.112")
    /// ML-DSA-65 and ML-DSA-87 (RFC 9881, section 2).
    static let mlDSA65 = ObjectIdentifierText(dotted: "2.16.840.1.101.3.4.3.18")
    static let mlDSA87 = ObjectIdentifierText(dotted: "2.16.840.1.101.3.4.3.19")

    /// Whether an X509_ALGOR names this algorithm and has no parameters.
    func isAlgorithm(of identifier: UnsafePointer<X509_ALGOR>?) -> Bool {
        var object: OpaquePointer?
        var parameterType: Int32 = 0
        X509_ALGOR_get0(&object, &parameterType, nil, identifier)
        guard parameterType == V_ASN1_UNDEF, let object else { return false }
        let expected = OBJ_txt2obj(dotted, 1)
        defer { ASN1_OBJECT_free(expected) }
        return OBJ_cmp(object, expected) == 0
    }
}
