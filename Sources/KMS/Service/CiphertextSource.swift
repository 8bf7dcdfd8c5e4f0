import Cryptography
import Operations

/// What Decrypt and ReEncrypt are to decrypt, and with which key.
struct CiphertextSource {
    /// Nil only in a dry run that ignores the ciphertext.
    let ciphertext: [UInt8]?
    let namedKey: KeyReference?
    let key: KeyReference

    /// The source that a request names; `keyMember` is how the request calls the key, for messages, and
    /// `modifiers` are its `DryRunModifiers`.
    ///
    /// - Throws: `.invalidCiphertext` for bytes that are no ciphertext of ours, `.validation` when neither
    ///   ciphertext nor key says which key it is.
    init(
        ciphertext: [UInt8]?,
        key text: String?,
        keyMember: String,
        _ algorithm: EncryptionAlgorithm,
        ignoringCiphertext modifiers: [String]?,
        isDryRun: Bool,
        for call: Call
    ) throws(KMSError) {
        let ignores = modifiers?.contains("IGNORE_CIPHERTEXT") ?? false
        guard isDryRun || !ignores else {
            throw .validation("DryRunModifiers can be specified only when the DryRun option is set.")
        }
        self.ciphertext = ignores ? nil : ciphertext
        namedKey = try text.map { text throws(KMSError) in try KeyReference(text, for: call) }
        if !ignores, ciphertext == nil { throw .validation(Self.missing("ciphertextBlob")) }
        if let namedKey {
            key = namedKey
            return
        }
        guard algorithm == .symmetricDefault, let ciphertext = self.ciphertext else {
            throw .validation(Self.missing(keyMember))
        }
        guard let blob = CiphertextBlob.parse(ciphertext) else { throw .invalidCiphertext }
        key = .ciphertext(KeyLocator(call.region, blob.keyID))
    }

    /// Refuses a key that a symmetric ciphertext does not name.
    static func requireMatch(
        of ciphertext: [UInt8],
        _ algorithm: EncryptionAlgorithm,
        with key: ResolvedKey
    ) throws(KMSError) {
        guard key.snapshot.usage == .encryptDecrypt else { throw .incorrectKey }
        guard algorithm == .symmetricDefault else { return }
        guard let blob = CiphertextBlob.parse(ciphertext) else { throw .invalidCiphertext }
        guard blob.keyID == key.snapshot.locator.id else { throw .incorrectKey }
    }

    private static func missing(_ member: String) -> String {
        "1 validation error detected: Value null at '\(member)' failed to satisfy constraint: "
            + "Member must not be null"
    }
}
