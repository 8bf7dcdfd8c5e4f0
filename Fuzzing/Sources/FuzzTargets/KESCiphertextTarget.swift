import AWSProtocol
import Cryptography

@testable import KES

/// KES's ciphertexts of all generations, and its keys as key stores hold them.
enum KESCiphertextTarget {
    static let target = FuzzTarget(name: "kes-ciphertext", bytesMax: 1_024, run: run) {
        let damage: [FuzzTarget.Seed] = (0..<UInt8(old.count + 2)).flatMap { kind in
            [
                ("as-is-\(kind)", [0, kind]), ("flipped-\(kind)", [0, kind, 1, 0, 40, 3]),
                ("shorter-\(kind)", [0, kind, 5, 0, 30]), ("set-\(kind)", [0, kind, 0, 0, 18, 0xd9]),
            ]
        }
        let raw: [FuzzTarget.Seed] = old.enumerated().map { ("raw-\($0)", [1] + $1) }
        let keys: [FuzzTarget.Seed] = stored.enumerated().map { ("stored-\($0)", [2] + Array($1.utf8)) }
        return damage + raw + keys
    }

    private static let moment = certain(Moment(seconds: 1_705_055_960, nanoseconds: 886_816_000))
    private static let creator = "3ecfcdf38fcbe141ae26a1030f81e96b753365a46760ae6b578698a97c59fd22"
    /// Fresh in every process: what nobody sealed must not open.
    private static let fresh = KESKey.fresh(.aes256, at: moment, by: creator)
    private static let freshChaCha = KESKey.fresh(.chaCha20, at: moment, by: creator)
    private static let context = Array("bucket/object".utf8)
    private static let plaintext = Array("what was sealed".utf8)
    private static let blobs = [fresh, freshChaCha].map { key in
        certain { () throws(KESError) in try key.encrypt(secret(plaintext), context: context) }
    }

    /// The key that published ciphertexts are under; old keys do not say for which cipher they are.
    private static let zero = certain(StoredKey.read(secret(Array("{\"bytes\":\"\(zeros)\"}".utf8))))
    private static let zeros = String(repeating: "A", count: 43) + "="
    private static let zeroPlaintext = [UInt8](repeating: 0, count: 16)
    private static let old: [[UInt8]] =
        [
            #"{"aead":"AES-256-GCM-HMAC-SHA-256","iv":"xLxIN3tSCkg2xMafuvwUwg==","nonce":"gu0mGwUkwcvMEoi5","#
                + #""bytes":"WVgRjeIJm3w50C/l+y7y2i6mbNg5NCAqN1zvOYWZKmc="}"#,
            #"{"aead":"ChaCha20Poly1305","iv":"s3fSZ6vk5m+DfQA8yZWeUg==","nonce":"8/kHMnCMs3h9NZ2a","#
                + #""bytes":"cw22HjLq/4cx8507SW4hhSrYbDiMuRao4b5+GE+XfbE="}"#,
        ].map { Array($0.utf8) }
        + [
            "lbFBRVMyNTYtR0NNX1NIQTI1NtkgNjY2ODdhYWRmODYyYmQ3NzZjOGZjMThiOGU5ZjhlMjDEEExv7LAd4oz0SaHZrX5LBuf"
                + "EDEKME1ow1CDfUFrqv8QgJuy7Sw+jVqz99TK1HV851LT3K4mwwDv46TB2ngWkAJQ=",
            "lbJYQ0hBQ0hBMjAtUE9MWTEzMDXZIDY2Njg3YWFkZjg2MmJkNzc2YzhmYzE4YjhlOWY4ZTIwxBBAr+aptD4x2+qfOhiErbn"
                + "kxAxYs8RmNC1JJXD1hiHEIJ2KqM0jjkME7ndx8nyVseesN83Np0rM5ejVUun+fNFu",
            "zwdDgHeRlIFRnJ7+DIhs/ka7GFK2CFSfDELqg1VCyTQzZ58o7MAdupMLk3ZjlMo2ZUDwldL2o41nAWDc",
        ].map { certain(Base64.decode($0)) }

    private static let stored = [
        "{\"bytes\":\"\(zeros)\"}",
        "{\"version\":\"v1\",\"bytes\":\"\(zeros)\",\"algorithm\":\"XCHACHA20-POLY1305\","
            + "\"created_at\":\"2023-01-02T03:04:05.6+01:00\",\"created_by\":\"\(creator)\"}",
        "CiQKIMiHG7XrN94FuwblJJor4f7f6rbqAl7DwsLaiIoyz0D2EAESJAognLXl4yqa4cjZTcSbsU6sNnN8kP9ARWkXwa20YQZa9HgQARoM"
            + "CNithK0GEID67qYDIkAzZWNmY2RmMzhmY2JlMTQxYWUyNmExMDMwZjgxZTk2Yjc1MzM2NWE0Njc2MGFlNmI1Nzg2OThhOTdjNTlm"
            + "ZDIy",
    ]

    static func run(_ input: [UInt8]) {
        var reader = FuzzInput(input)
        switch reader.byte() % 3 {
        case 0: damage(Int(reader.byte()), reader)
        case 1: arbitrary(reader.remainder())
        default: keys(reader.remainder())
        }
    }

    private static func damage(_ kind: Int, _ input: FuzzInput) {
        var input = input
        let number = kind % (old.count + blobs.count)
        guard number >= old.count else {
            let opened = open(old[number].damaged(by: &input), zero, [])
            // White space, the id and the name of the same cipher are not sealed; the plaintext always is.
            promise(opened == nil || opened == zeroPlaintext, "a changed ciphertext opens as something else")
            return
        }
        let blob = blobs[number - old.count]
        let damaged = blob.damaged(by: &input)
        let opened = open(damaged, number == old.count ? fresh : freshChaCha, context)
        promise(
            damaged == blob ? opened == plaintext : opened == nil,
            "a changed ciphertext opens, or an unchanged one does not"
        )
        promise(open(blob, number == old.count ? freshChaCha : fresh, context) == nil, "another key opens it")
    }

    private static func arbitrary(_ bytes: [UInt8]) {
        for key in [fresh, freshChaCha] {
            promise(open(bytes, key, context) == nil, "a ciphertext that nobody made opens")
            let sealed = accepted { () throws(KESError) in try key.encrypt(secret(bytes), context: bytes) }
            promise(sealed.flatMap { open($0, key, bytes) } == bytes, "what was sealed does not come back")
            promise(sealed?.count == bytes.count + 44, "a ciphertext has another length")
        }
        if let opened = open(bytes, zero, []) {
            promise(opened.count < bytes.count, "a plaintext is longer than its ciphertext")
        }
    }

    /// A key that is read can be used, and is written as it was read.
    private static func keys(_ bytes: [UInt8]) {
        guard let key = StoredKey.read(secret(bytes)) else { return }
        let blob = certain { () throws(KESError) in try key.encrypt(secret(plaintext), context: context) }
        promise(open(blob, key, context) == plaintext, "a key does not open what it sealed")
        guard let text = accepted({ () throws(KESError) in try StoredKey.write(key) }) else { return }
        guard let again = StoredKey.read(text) else { broken("a key that was written is none") }
        promise(open(blob, again, context) == plaintext, "a key is written as another")
        promise(again.hmac(bytes) == key.hmac(bytes), "the key of HMAC is written as another")
        promise(
            again.createdAt == key.createdAt && again.createdBy == key.createdBy,
            "who made a key and when is written otherwise"
        )
    }

    private static func secret(_ bytes: [UInt8]) -> SharedSecret { SharedSecret(SecretBytes(copying: bytes)) }

    private static func open(_ bytes: [UInt8], _ key: KESKey, _ context: [UInt8]) -> [UInt8]? {
        do throws(KESError) {
            return try key.decrypt(bytes, context: context).withUnsafeBytes { Array($0) }
        } catch {
            promise(error == .decryptionFailed, "a ciphertext is refused by \(error), which tells more")
            return nil
        }
    }
}
