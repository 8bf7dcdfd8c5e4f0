import AWSProtocol
import Cryptography
import KES
import Testing

/// Keys, stores and moments that several suites use.
enum Samples {
    static let moment = Moment(seconds: 1_700_000_000, nanoseconds: 123_456_789)
    static let identity = "3ecfcdf38fcbe141ae26a1030f81e96b753365a46760ae6b578698a97c59fd22"

    static func bytes(_ base64: String) throws -> [UInt8] { try #require(Base64.decode(base64)) }

    static func secret(_ text: String) -> SharedSecret { SharedSecret(SecretBytes(copying: text.utf8)) }

    static func secret(_ bytes: [UInt8]) -> SharedSecret { SharedSecret(SecretBytes(copying: bytes)) }

    static func content(_ secret: borrowing SecretBytes) -> [UInt8] { secret.withUnsafeBytes { Array($0) } }

    static func content(_ secret: SharedSecret) -> [UInt8] { secret.withUnsafeBytes { Array($0) } }

    static func text(_ secret: SharedSecret) -> String { String(decoding: content(secret), as: UTF8.self) }

    /// A key with known bytes, read from the form that KES stored before 2024.
    static func key(_ bytes: [UInt8], algorithm: String?) throws -> KESKey {
        let member = algorithm.map { #","algorithm":"\#($0)""# } ?? ""
        return try #require(StoredKey.read(secret(#"{"bytes":"\#(Base64.encode(bytes))"\#(member)}"#)))
    }

    static let zeroKey = [UInt8](repeating: 0, count: 32)
}
