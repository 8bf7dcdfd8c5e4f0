package import Cryptography
import Glibc

/// The secrets that came in variables: taken out of the environment, and out of what /proc shows of it, the
/// first time they are asked for.
package final class EnvironmentSecrets: Sendable {
    /// Those of this process, to be asked for before anything else reads the environment.
    package static let ofProcess = EnvironmentSecrets(taking: names.map(variable))

    /// The settings that are secrets, and therefore can be set by variables alone.
    private static let names = [
        "seal-passphrase", "to-seal-passphrase", "seal-pkcs11-pin", "to-seal-pkcs11-pin", "smtp-password",
    ]

    private let secrets: [String: SharedSecret]

    init(taking names: [String]) {
        var secrets: [String: SharedSecret] = [:]
        for name in names {
            guard let value = getenv(name) else { continue }
            let bytes = UnsafeMutableRawBufferPointer(start: value, count: strlen(value))
            secrets[name] = SharedSecret(SecretBytes(copying: bytes))
            // The memory is the process's environment itself, where /proc/PID/environ would show it.
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            unsetenv(name)
        }
        self.secrets = secrets
    }

    package subscript(name: String) -> SharedSecret? { secrets[name] }

    /// The variable that sets a setting, as in `STRONGROOM_SEAL_PASSPHRASE`.
    static func variable(_ setting: String) -> String {
        "STRONGROOM_" + setting.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
}
