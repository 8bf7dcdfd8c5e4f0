import Crypto
import Testing

@testable import Cryptography

@Suite("Redaction")
struct RedactionTests {
    private static let secret = [UInt8](repeating: 0xA5, count: 32)

    @Test func `a redacted value prints as nothing, whatever prints it`() {
        let password = Redacted("hunter2-hunter2")
        for text in Self.renderings(of: password) {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("hunter2"))
        }
        #expect(password.exposingSecret { $0 } == "hunter2-hunter2")
    }

    @Test func `a redacted string compares without showing itself`() {
        let token = Redacted("token")
        #expect(token.isEqual(to: "token"))
        for other in ["", "tokem", "Token", "token2"] { #expect(!token.isEqual(to: other)) }
    }

    @Test func `a keyring prints no root key`() throws {
        let entry = RootKeyring.Entry(
            number: 1,
            createdAtSeconds: 0,
            root: SymmetricKey(data: Self.secret)
        )
        let keyring = try #require(RootKeyring(entries: [entry]))
        let derived = keyring.currentKey(for: .records).withUnsafeBytes { [UInt8]($0) }
        let wrap = KeyWrap(keyring: keyring, purpose: .records)
        for text in Self.renderings(of: keyring) + Self.renderings(of: wrap) {
            #expect(!Self.shows(Self.secret, in: text))
            #expect(!Self.shows(derived, in: text))
        }
    }

    @Test func `a shared secret and the seals that hold one print nothing of it`() throws {
        let shared = SharedSecret(SecretBytes(copying: Self.secret))
        let place = PKCS11Seal.Place(module: "/m", tokenLabel: "t", keyLabel: "k")
        let seal = PKCS11Seal(place, pin: shared, makingKey: false)
        for text in Self.renderings(of: PassphraseSeal(shared)) + Self.renderings(of: seal) {
            #expect(!Self.shows(Self.secret, in: text))
        }
        #expect("\(shared)" == "<redacted>")
    }

    /// A check of the check: a type that does not hide its bytes is found out.
    @Test func `bytes that are not hidden would be seen`() {
        struct Careless { let bytes: [UInt8] }
        let texts = Self.renderings(of: Careless(bytes: Self.secret))
        #expect(texts.allSatisfy { Self.shows(Self.secret, in: $0) })
    }

    private struct Failure<Payload: Sendable>: Error { let payload: Payload }

    private static func renderings(of value: some Sendable) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var listed = ""
        dump([Optional(value)], to: &listed)
        return [
            "\(value)", String(reflecting: value), dumped, listed, "\([value])",
            String(describing: Optional(value)), "\(Failure(payload: value))",
        ]
    }

    /// Whether eight bytes in a row appear in decimal, one to a line or to a comma, or in hex.
    private static func shows(_ bytes: [UInt8], in text: String) -> Bool {
        let part = bytes.prefix(8)
        let numbers = text.split { !$0.isNumber }.compactMap { UInt8($0) }
        let inDecimal = numbers.indices.contains { numbers[$0...].starts(with: part) }
        let hex = part.map { String($0, radix: 16) }.joined()
        return inDecimal || text.lowercased().contains(hex)
    }
}
