import Crypto

/// The name of a deployment: 128 bits derived from its oldest root key, which tell nothing about the key.
///
/// It stands beside the sealed keyring, and binds what an HSM or another KMS encrypts to one deployment.
package struct DeploymentID: Hashable, Sendable, CustomStringConvertible {
    /// 32 lowercase hexadecimal digits.
    package let description: String

    /// Nil unless the text has the form of an id.
    package init?(_ text: String) {
        let digits = text.utf8
        guard digits.count == Self.bytes * 2,
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        description = text
    }

    /// The id of the deployment with a keyring; rotation does not change it.
    package init(of keyring: RootKeyring) {
        description = keyring.lastingKey(for: .deploymentIdentity).withUnsafeBytes { key in
            String(unsafeUninitializedCapacity: Self.bytes * 2) { text in
                guard let digits = text.baseAddress else { return 0 }
                for (index, byte) in key.prefix(Self.bytes).enumerated() {
                    Hex.write(byte, to: digits + 2 * index)
                }
                return Self.bytes * 2
            }
        }
    }

    private static let bytes = 16
}
