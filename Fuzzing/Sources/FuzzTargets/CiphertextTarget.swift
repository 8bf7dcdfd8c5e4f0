import Crypto

import struct Foundation.Date

@testable import Cryptography

/// Ciphertexts: nothing opens that was not sealed, under no other key and with no other context.
enum CiphertextTarget {
    static let target = FuzzTarget(name: "ciphertext", bytesMax: 512, run: run) {
        [
            ("as-is", [0, 0]), ("flipped", [0, 5, 1, 0, 60, 3]), ("shorter", [0, 5, 5, 0, 81]),
            ("longer", [0, 9, 2, 0, 90, 7]), ("swapped-context", [1, 0]), ("raw", [2] + blob),
            ("version", [0, 7, 0, 0, 0, 2]), ("kind", [0, 7, 0, 0, 1, 1]), ("key-id", [0, 7, 1, 0, 2, 7]),
        ]
    }

    /// Fresh in every process: what another one sealed must not open here.
    private static let key = DerivationKey(SymmetricKey(size: .bits256))
    private static let context: EncryptionContext = ["a": "bc", "purpose": "test"]
    private static let plaintext = Array("what was sealed".utf8)
    private static let blob = certain { () throws(CryptographyError) in
        try plaintext.withBytes { bytes throws(CryptographyError) in
            try CiphertextBlob.seal(
                bytes,
                keyID: certain(KeyUniqueID("1234abcd-12ab-34cd-56ef-1234567890ab")),
                materialID: certain(KeyMaterialID(bytes: [UInt8](repeating: 9, count: 32))),
                key: key,
                context: context
            )
        }
    }

    static func run(_ input: [UInt8]) {
        var reader = FuzzInput(input)
        switch reader.byte() % 3 {
        case 0:
            let plaintextBytes = reader.bytes(Int(reader.byte()))
            damage(plaintextBytes, reader)
        case 1: otherContext(reader.remainder())
        default: arbitrary(reader.remainder())
        }
    }

    /// Seals something and changes the blob.
    private static func damage(_ text: [UInt8], _ input: FuzzInput) {
        var input = input
        let damaged = blob.damaged(by: &input)
        let opened = open(damaged, context)
        promise(
            damaged == blob ? opened == plaintext : opened == nil,
            "a changed ciphertext opens, or an unchanged one does not"
        )
        let fresh = certain { () throws(CryptographyError) in
            try text.withBytes { bytes throws(CryptographyError) in
                try CiphertextBlob.seal(
                    bytes,
                    keyID: .generate(
                        multiRegion: text.count.isMultiple(of: 2),
                        at: Date(timeIntervalSince1970: 0)
                    ),
                    materialID: certain(KeyMaterialID(bytes: [UInt8](repeating: 9, count: 32))),
                    key: key,
                    context: context
                )
            }
        }
        promise(open(fresh, context) == text, "what was sealed does not come back")
    }

    /// Opens with a context that the input says.
    private static func otherContext(_ input: [UInt8]) {
        let pairs = input.pieces(separatedBy: 0).map { pair in
            let parts = pair.pieces(separatedBy: UInt8(ascii: "="), max: 2).map(\.repairedText)
            return (key: parts[0], value: parts.count > 1 ? parts[1] : "")
        }
        let other = EncryptionContext(pairs)
        let isSame = other == context
        promise(
            (other.canonicalBytes == context.canonicalBytes) == isSame,
            "two contexts have the same bytes, or one has two"
        )
        promise(open(blob, other) == (isSame ? plaintext : nil), "a ciphertext opens with another context")
        _ = other.contains(context)
    }

    private static func arbitrary(_ bytes: [UInt8]) {
        let opened = open(bytes, context)
        promise(opened == nil || bytes == blob, "a ciphertext that nobody made opens")
        for tag in [bytes, Array(bytes.reversed())] {
            promise(
                ConstantTime.areEqual(tag, bytes) == (tag == bytes),
                "the comparison in constant time is wrong"
            )
        }
    }

    private static func open(_ bytes: [UInt8], _ context: EncryptionContext) -> [UInt8]? {
        guard let blob = CiphertextBlob.parse(bytes) else { return nil }
        promise(blob.bytes == bytes, "a blob forgets its bytes")
        do throws(CryptographyError) {
            return try blob.open(with: key, context: context).withUnsafeBytes { Array($0) }
        } catch {
            promise(error == .invalidCiphertext, "a ciphertext is refused by \(error), which tells more")
            return nil
        }
    }
}
