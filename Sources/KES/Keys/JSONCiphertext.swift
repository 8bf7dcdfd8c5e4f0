import AWSProtocol

/// The ciphertexts of March 2020 to March 2022: a JSON object.
enum JSONCiphertext {
    static func parse(_ bytes: [UInt8]) -> CiphertextParts? {
        guard let json = try? JSON.parse(bytes, depthMax: 4), let name = json["aead"]?.text,
            let algorithm = algorithm(name),
            let iv = blob(json["iv"]), let nonce = blob(json["nonce"]), let sealed = blob(json["bytes"])
        else { return nil }
        return CiphertextParts(algorithm: algorithm, iv: iv[...], nonce: nonce[...], sealed: sealed[...])
    }

    private static func algorithm(_ name: String) -> KeyAlgorithm? {
        switch name {
        case "AES-256-GCM-HMAC-SHA-256": .aes256
        case "ChaCha20Poly1305": .chaCha20
        default: nil
        }
    }

    private static func blob(_ value: JSON?) -> [UInt8]? { value?.text.flatMap { Base64.decode($0) } }
}
