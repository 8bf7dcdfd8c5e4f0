package import Cryptography
import Doors

extension SealSettings {
    /// The least that a passphrase which makes a seal must have.
    static let passphraseBytesMin = 8

    /// The seal that these settings describe; with `making` its key may be made where there is none.
    ///
    /// - Throws: `.file`, `.denied`, in words for the operator.
    func seal(in directory: DataDirectory, making: Bool) throws(SealError) -> any Seal {
        switch self {
        case .file(let path):
            let path = path ?? directory.sealKeyFile
            guard making else { return try FileSeal(keyFile: path) }
            do throws(SealError) {
                return try FileSeal.create(keyFile: path)
            } catch .file(.exists) {
                // An interrupted first start, another one at the same time, or the operator left a key.
                return try FileSeal(keyFile: path)
            }
        case .passphrase(let source):
            let passphrase = try source.read(confirmed: making)
            guard !making || passphrase.count >= Self.passphraseBytesMin else {
                throw .denied(
                    reason: "a passphrase that makes a seal has \(Self.passphraseBytesMin) bytes at least"
                )
            }
            return PassphraseSeal(passphrase)
        case .pkcs11(let place, let pin):
            return PKCS11Seal(place, pin: try pin.read(confirmed: false), makingKey: making)
        case .kms(let place):
            return KMSSeal(place, now: { SystemTime.now() })
        }
    }

    /// What the operator sees of the seal; `sealed` is the keyring it wrapped, which tells more.
    package func description(in directory: DataDirectory, sealed: SealedKeyring?) -> SealDescription {
        switch self {
        case .file(let path):
            let file = path ?? directory.sealKeyFile
            return SealDescription(
                kind: kind,
                keyFile: file,
                isBesideData: path == nil,
                parameters: [
                    .init(name: "key file", value: file + (path == nil ? " (beside the data it opens)" : ""))
                ]
            )
        case .passphrase:
            let cost = sealed.flatMap { PassphraseSeal.cost(of: $0.wrapped) }
            return SealDescription(
                kind: kind,
                parameters: cost.map { cost in
                    [
                        .init(
                            name: "key derivation",
                            value: "scrypt N=\(1 << Int(cost.costLogarithm)) r=\(cost.blockSize) "
                                + "p=\(cost.parallelism)"
                        )
                    ]
                } ?? []
            )
        case .pkcs11(let place, _):
            return SealDescription(
                kind: kind,
                parameters: [
                    .init(name: "module", value: place.module), .init(name: "token", value: place.tokenLabel),
                    .init(name: "key", value: place.keyLabel),
                ]
            )
        case .kms(let place):
            let key = sealed.flatMap { KMSSeal.keyARN(of: $0.wrapped) } ?? place.key
            return SealDescription(
                kind: kind,
                parameters: [
                    .init(name: "endpoint", value: place.endpoint), .init(name: "key", value: key),
                ]
            )
        }
    }

    /// The settings, as flags, with which a server opens this seal; secrets are named, never shown.
    package var flags: String {
        switch self {
        case .file(let path): "--seal file" + (path.map { " --seal-key \($0)" } ?? "")
        case .passphrase:
            "--seal passphrase, and the passphrase by STRONGROOM_SEAL_PASSPHRASE or --seal-passphrase-fd"
        case .pkcs11(let place, _):
            "--seal pkcs11 --seal-pkcs11-module \(place.module) --seal-pkcs11-token '\(place.tokenLabel)' "
                + "--seal-pkcs11-key '\(place.keyLabel)', and the PIN by STRONGROOM_SEAL_PKCS11_PIN or "
                + "--seal-pkcs11-pin-fd"
        case .kms(let place):
            "--seal kms --seal-kms-key \(place.key) --seal-kms-endpoint \(place.endpoint) "
                + "--seal-kms-region \(place.region)"
                + (place.profile.map { " --seal-kms-profile \($0)" } ?? "")
                + (place.authorityFile.map { " --seal-kms-ca \($0)" } ?? "")
        }
    }
}

/// What keeps the root keyring, for the log and for `strongroom seal status`; holds no secret.
package struct SealDescription: Hashable, Sendable {
    /// One thing to know about the seal.
    package struct Parameter: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    package let kind: String
    /// Of the seal `file` alone.
    package var keyFile: String?
    /// Whoever copies the data directory then has the key too.
    package var isBesideData = false
    package let parameters: [Parameter]
}
