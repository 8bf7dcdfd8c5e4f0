import CPKCS11

/// A session with a token, logged in as its user.
struct CryptokiSession {
    let functions: CK_FUNCTION_LIST
    let handle: CK_SESSION_HANDLE

    /// The AES key with a label; nil when there is none.
    ///
    /// - Throws: `.denied` when there are several, or when the key could be read out of the token.
    func key(labelled label: String) throws(SealError) -> CK_OBJECT_HANDLE? {
        var found: [CK_OBJECT_HANDLE] = [0, 0]
        var count: CK_ULONG = 0
        var attributes = CryptokiAttributes([
            .number(STRONGROOM_CKA_CLASS, STRONGROOM_CKO_SECRET_KEY),
            .number(STRONGROOM_CKA_KEY_TYPE, STRONGROOM_CKK_AES), .text(STRONGROOM_CKA_LABEL, label),
        ])
        try check("look for its key") {
            attributes.withPointer { functions.C_FindObjectsInit?(handle, $0, $1) }
        }
        defer { _ = functions.C_FindObjectsFinal?(handle) }
        try check("look for its key") { functions.C_FindObjects?(handle, &found, 2, &count) }
        guard count > 0 else { return nil }
        guard count == 1 else { throw .denied(reason: "several AES keys are labelled '\(label)'") }
        try requireUnreadable(found[0], label: label)
        return found[0]
    }

    /// Makes an AES-256 key in the token that never leaves it.
    func generateKey(labelled label: String) throws(SealError) -> CK_OBJECT_HANDLE {
        var key: CK_OBJECT_HANDLE = 0
        var attributes = CryptokiAttributes([
            .flag(STRONGROOM_CKA_TOKEN, true), .flag(STRONGROOM_CKA_PRIVATE, true),
            .flag(STRONGROOM_CKA_SENSITIVE, true), .flag(STRONGROOM_CKA_EXTRACTABLE, false),
            .flag(STRONGROOM_CKA_ENCRYPT, true), .flag(STRONGROOM_CKA_DECRYPT, true),
            .number(STRONGROOM_CKA_VALUE_LEN, AuthenticatedCipher.keyBytes),
            .text(STRONGROOM_CKA_LABEL, label),
        ])
        var mechanism = CK_MECHANISM(
            mechanism: CK_MECHANISM_TYPE(STRONGROOM_CKM_AES_KEY_GEN),
            pParameter: nil,
            ulParameterLen: 0
        )
        try check("make a key") {
            attributes.withPointer { functions.C_GenerateKey?(handle, &mechanism, $0, $1, &key) }
        }
        return key
    }

    /// Encrypts under AES-GCM; the tag stands at the end.
    func encrypt(
        _ plaintext: SharedSecret,
        with key: CK_OBJECT_HANDLE,
        iv: [UInt8],
        authenticating data: [UInt8]
    ) throws(SealError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: plaintext.count + AuthenticatedCipher.tagBytes)
        var count = CK_ULONG(output.count)
        try withGCM(iv: iv, data: data) { mechanism throws(SealError) in
            try check("encrypt") { functions.C_EncryptInit?(handle, mechanism, key) }
        }
        try check("encrypt") {
            plaintext.withUnsafeBytes { bytes in
                // The function only reads its input, though its type does not say so.
                let input = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?
                    .bindMemory(to: CK_BYTE.self, capacity: bytes.count)
                return functions.C_Encrypt?(handle, input, CK_ULONG(bytes.count), &output, &count)
            }
        }
        guard Int(count) == output.count else {
            throw .unavailable(reason: "the token gave \(count) bytes of ciphertext for \(output.count)")
        }
        return output
    }

    /// Decrypts what ``encrypt(_:with:iv:authenticating:)`` gave.
    func decrypt(
        _ ciphertext: [UInt8],
        with key: CK_OBJECT_HANDLE,
        iv: [UInt8],
        authenticating data: [UInt8]
    ) throws(SealError) -> SharedSecret {
        var (input, count) = (ciphertext, CK_ULONG(ciphertext.count))
        try withGCM(iv: iv, data: data) { mechanism throws(SealError) in
            try check("decrypt") { functions.C_DecryptInit?(handle, mechanism, key) }
        }
        // Room for the tag too: some modules ask for it.
        let opened = try SecretBytes(count: ciphertext.count) { memory throws(SealError) in
            let output = memory.bindMemory(to: CK_BYTE.self).baseAddress
            let inputCount = CK_ULONG(input.count)
            try check("decrypt") { functions.C_Decrypt?(handle, &input, inputCount, output, &count) }
        }
        guard Int(count) + AuthenticatedCipher.tagBytes == ciphertext.count else { throw .refused }
        return opened.withUnsafeBytes { bytes in
            SharedSecret(
                SecretBytes(count: Int(count)) {
                    $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<Int(count)]))
                }
            )
        }
    }

    private func withGCM(
        iv: [UInt8],
        data: [UInt8],
        _ body: (UnsafeMutablePointer<CK_MECHANISM>) throws(SealError) -> Void
    ) throws(SealError) {
        var (iv, data) = (iv, data)
        let outcome = iv.withUnsafeMutableBufferPointer { iv in
            data.withUnsafeMutableBufferPointer { data in
                var parameters = CK_GCM_PARAMS(
                    pIv: iv.baseAddress,
                    ulIvLen: CK_ULONG(iv.count),
                    ulIvBits: CK_ULONG(iv.count * 8),
                    pAAD: data.baseAddress,
                    ulAADLen: CK_ULONG(data.count),
                    ulTagBits: CK_ULONG(AuthenticatedCipher.tagBytes * 8)
                )
                return withUnsafeMutablePointer(to: &parameters) { parameters in
                    var mechanism = CK_MECHANISM(
                        mechanism: CK_MECHANISM_TYPE(STRONGROOM_CKM_AES_GCM),
                        pParameter: parameters,
                        ulParameterLen: CK_ULONG(MemoryLayout<CK_GCM_PARAMS>.size)
                    )
                    return Result { () throws(SealError) in try body(&mechanism) }
                }
            }
        }
        try outcome.get()
    }

    /// Refuses a key that the token would give away.
    private func requireUnreadable(_ key: CK_OBJECT_HANDLE, label: String) throws(SealError) {
        var attributes = CryptokiAttributes([
            .flag(STRONGROOM_CKA_SENSITIVE, false), .flag(STRONGROOM_CKA_EXTRACTABLE, true),
        ])
        try check("describe its key") {
            attributes.withPointer { functions.C_GetAttributeValue?(handle, key, $0, $1) }
        }
        guard attributes.flag(at: 0), !attributes.flag(at: 1) else {
            throw .denied(
                reason: "the key '\(label)' can be read out of the token: it must be CKA_SENSITIVE and not "
                    + "CKA_EXTRACTABLE"
            )
        }
    }

    private func check(_ step: String, _ call: () -> CK_RV?) throws(SealError) {
        guard let code = call() else { throw CryptokiModule.incomplete }
        guard code == CryptokiReturn.ok.code else { throw CryptokiReturn(code: code).error(step) }
    }
}

/// A template of attributes, in memory of the layout that Cryptoki reads and writes.
struct CryptokiAttributes {
    /// One attribute: its type and the bytes of its value.
    struct Attribute {
        let type: Int
        let value: [UInt8]

        static func flag(_ type: Int, _ value: Bool) -> Attribute {
            Attribute(type: type, value: [value ? 1 : 0])
        }

        static func number(_ type: Int, _ value: Int) -> Attribute {
            Attribute(type: type, value: withUnsafeBytes(of: CK_ULONG(value)) { Array($0) })
        }

        static func text(_ type: Int, _ value: String) -> Attribute {
            Attribute(type: type, value: Array(value.utf8))
        }
    }

    private let attributes: [Attribute]
    /// Each value at a multiple of eight bytes, since some are numbers.
    private var values: [UInt64]
    private let offsets: [Int]

    init(_ attributes: [Attribute]) {
        self.attributes = attributes
        var (words, offsets): ([UInt64], [Int]) = ([], [])
        for attribute in attributes {
            offsets.append(words.count * 8)
            let count = max(1, (attribute.value.count + 7) / 8)
            words += [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
                buffer.initialize(repeating: 0)
                UnsafeMutableRawBufferPointer(buffer).copyBytes(from: attribute.value)
                initialized = count
            }
        }
        (values, self.offsets) = (words, offsets)
    }

    /// Gives the template to a function, which may change the values.
    mutating func withPointer<Value>(
        _ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, CK_ULONG) -> Value
    ) -> Value {
        values.withUnsafeMutableBytes { values in
            var list = zip(attributes, offsets).map { attribute, offset in
                CK_ATTRIBUTE(
                    type: CK_ATTRIBUTE_TYPE(attribute.type),
                    pValue: values.baseAddress.map { $0 + offset },
                    ulValueLen: CK_ULONG(attribute.value.count)
                )
            }
            return list.withUnsafeMutableBufferPointer { body($0.baseAddress, CK_ULONG($0.count)) }
        }
    }

    /// The value of a flag, after a function has written it.
    func flag(at index: Int) -> Bool {
        values.withUnsafeBytes { $0[offsets[index]] != 0 }
    }
}
