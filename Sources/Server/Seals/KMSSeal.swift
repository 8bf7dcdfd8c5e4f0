package import AWSProtocol
import Crypto
package import Cryptography
import Doors

package import struct Foundation.Date
package import struct Foundation.URLComponents

/// A seal whose key another KMS keeps: AWS, or a second Strongroom.
///
/// `format(1) ‖ length(4) ‖ ARN ‖ length(4) ‖ one-time key, encrypted by the KMS ‖ envelope`. The KMS sees 32
/// random bytes and never the keyring; the encryption context names the deployment, so that the KMS's policy
/// and trail can.
package struct KMSSeal: Seal {
    /// Which key of which KMS.
    package struct Place: Hashable, Sendable {
        /// A key's ARN or id, or an alias.
        package let key: String
        package let region: Region
        /// `https://HOST[:PORT]`, or `http://` on this machine.
        package let endpoint: String
        /// The profile of the shared credentials file; nil for the variables, or the default profile.
        package let profile: String?
        /// A PEM file with the authorities to trust in place of the system's.
        package let authorityFile: String?

        /// Nil when the endpoint is no such address, or nothing names the Region.
        package init?(
            key: String,
            region: String?,
            endpoint: String?,
            profile: String?,
            authorityFile: String?
        ) {
            guard let region = region.map({ Region($0) }) ?? ARN(key)?.region else { return nil }
            let suffix = region.description.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
            let address = endpoint ?? "https://kms.\(region).\(suffix)"
            guard let parts = URLComponents(string: address), let host = parts.host, !host.isEmpty,
                parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil,
                ["", "/"].contains(parts.path)
            else { return nil }
            // The request holds the one-time key in the clear.
            let isLoopback = DoorAddress("\(host):1")?.isLoopback ?? false
            guard parts.scheme == "https" || parts.scheme == "http" && isLoopback else { return nil }
            self.key = key
            self.region = region
            self.endpoint = parts.path == "/" ? String(address.dropLast()) : address
            self.profile = profile
            self.authorityFile = authorityFile
        }
    }

    package static let kind = "kms"
    package var kind: String { Self.kind }

    private let client: KMSSealClient
    private let place: Place

    package init(_ place: Place, now: @escaping @Sendable () -> Date) {
        self.place = place
        client = KMSSealClient(place, now: now)
    }

    package func wrap(
        _ keyring: borrowing SecretBytes,
        for deployment: DeploymentID
    ) async throws(SealError) -> [UInt8] {
        let oneTime = SharedSecret(SecretBytes(randomCount: Self.keyBytes))
        let encrypted = try await client.encrypt(oneTime, key: place.key, for: deployment)
        let key = oneTime.withUnsafeBytes { SymmetricKey(data: $0) }
        let header = KMSWrapping(keyARN: encrypted.keyARN, ciphertext: encrypted.ciphertext)
        return header.bytes + (try SealEnvelope.wrap(keyring, kind: kind, key: key))
    }

    package func unwrap(
        _ wrapped: [UInt8],
        for deployment: DeploymentID?
    ) async throws(SealError) -> SecretBytes {
        guard let (header, envelope) = KMSWrapping.parse(wrapped), let deployment else { throw .malformed }
        // An alias may point elsewhere since.
        let key = place.key.contains("alias/") ? header.keyARN : place.key
        let oneTime = try await client.decrypt(header.ciphertext, key: key, for: deployment)
        guard oneTime.count == Self.keyBytes else { throw .malformed }
        let symmetric = oneTime.withUnsafeBytes { SymmetricKey(data: $0) }
        return try SealEnvelope.unwrap(envelope, kind: kind, key: symmetric)
    }

    /// The ARN of the key that wrapped a keyring; nil when it is not of this seal's form.
    static func keyARN(of wrapped: [UInt8]) -> String? { KMSWrapping.parse(wrapped)?.header.keyARN }

    private static let keyBytes = 32
}

// MARK: Form

/// What stands before the envelope.
struct KMSWrapping: Hashable, Sendable {
    let keyARN: String
    let ciphertext: [UInt8]

    private static let format: UInt8 = 1
    private static let keyARNBytesMax = 2048
    /// The model of KMS allows so many (KMS API Reference, Decrypt).
    private static let ciphertextBytesMax = 6144

    init(keyARN: String, ciphertext: [UInt8]) {
        self.keyARN = keyARN
        self.ciphertext = ciphertext
    }

    var bytes: [UInt8] { [Self.format] + Self.field(Array(keyARN.utf8)) + Self.field(ciphertext) }

    static func parse(_ bytes: [UInt8]) -> (header: KMSWrapping, envelope: [UInt8])? {
        guard bytes.first == format else { return nil }
        var rest = bytes.dropFirst()
        guard let arn = take(from: &rest, bytesMax: keyARNBytesMax),
            ARN(String(decoding: arn, as: UTF8.self)) != nil,
            let ciphertext = take(from: &rest, bytesMax: ciphertextBytesMax), !rest.isEmpty
        else { return nil }
        return (
            KMSWrapping(keyARN: String(decoding: arn, as: UTF8.self), ciphertext: ciphertext), Array(rest)
        )
    }

    private static func field(_ bytes: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
    }

    private static func take(from rest: inout ArraySlice<UInt8>, bytesMax: Int) -> [UInt8]? {
        guard rest.count >= 4 else { return nil }
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard (1...bytesMax).contains(count), rest.count - 4 >= count else { return nil }
        let field = rest.dropFirst(4).prefix(count)
        rest = rest.dropFirst(4 + count)
        return Array(field)
    }
}
