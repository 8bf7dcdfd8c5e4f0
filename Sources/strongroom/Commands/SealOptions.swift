import ArgumentParser

/// The options that say which seal keeps the root keyring.
struct SealOptions: ParsableArguments {
    @Option(help: "The seal of the root keyring: file, passphrase, pkcs11 or kms. (default: file)")
    var seal: String?

    @Option(help: "Seal file: the key file. (default: seal.key in the data directory)")
    var sealKey: String?

    @Option(
        help: """
            Seal passphrase: an open file descriptor to read the passphrase from. \
            (default: the variable STRONGROOM_SEAL_PASSPHRASE, or the terminal)
            """
    )
    var sealPassphraseFd: String?

    @Option(name: .customLong("seal-pkcs11-module"), help: "Seal pkcs11: the module's shared library.")
    var pkcs11Module: String?

    @Option(name: .customLong("seal-pkcs11-token"), help: "Seal pkcs11: the token's label.")
    var pkcs11Token: String?

    @Option(name: .customLong("seal-pkcs11-key"), help: "Seal pkcs11: the key's label. (default: strongroom)")
    var pkcs11Key: String?

    @Option(
        name: .customLong("seal-pkcs11-pin-fd"),
        help: """
            Seal pkcs11: an open file descriptor to read the PIN from. \
            (default: the variable STRONGROOM_SEAL_PKCS11_PIN, or the terminal)
            """
    )
    var pkcs11PinFd: String?

    @Option(help: "Seal kms: the key's ARN, or an alias.")
    var sealKmsKey: String?

    @Option(help: "Seal kms: https://HOST[:PORT]. (default: AWS's endpoint of the Region)")
    var sealKmsEndpoint: String?

    @Option(help: "Seal kms: the Region. (default: that of the key's ARN)")
    var sealKmsRegion: String?

    @Option(
        help: "Seal kms: the profile of the shared credentials file. (default: AWS's variables, or default)"
    )
    var sealKmsProfile: String?

    @Option(help: "Seal kms: a PEM file with the authorities to trust. (default: the system's)")
    var sealKmsCa: String?

    /// The settings that these options set.
    var flags: [String: String?] {
        [
            "seal": seal, "seal-key": sealKey, "seal-passphrase-fd": sealPassphraseFd,
            "seal-pkcs11-module": pkcs11Module, "seal-pkcs11-token": pkcs11Token,
            "seal-pkcs11-key": pkcs11Key, "seal-pkcs11-pin-fd": pkcs11PinFd, "seal-kms-key": sealKmsKey,
            "seal-kms-endpoint": sealKmsEndpoint, "seal-kms-region": sealKmsRegion,
            "seal-kms-profile": sealKmsProfile, "seal-kms-ca": sealKmsCa,
        ]
    }
}

/// The options of the seal that a keyring is moved to.
struct NewSealOptions: ParsableArguments {
    @Option(help: "The new seal: file, passphrase, pkcs11 or kms.")
    var toSeal: String

    @Option(help: "Its key file; made if it is missing. (default: seal.key in the data directory)")
    var toSealKey: String?

    @Option(
        help: "A descriptor with its passphrase. (default: STRONGROOM_TO_SEAL_PASSPHRASE, or the terminal)"
    )
    var toSealPassphraseFd: String?

    @Option(name: .customLong("to-seal-pkcs11-module"), help: "Its PKCS#11 module.")
    var pkcs11Module: String?

    @Option(name: .customLong("to-seal-pkcs11-token"), help: "Its token's label.")
    var pkcs11Token: String?

    @Option(
        name: .customLong("to-seal-pkcs11-key"),
        help: "Its key's label; the key is made if it is missing. (default: strongroom)"
    )
    var pkcs11Key: String?

    @Option(
        name: .customLong("to-seal-pkcs11-pin-fd"),
        help: "A descriptor with its PIN. (default: STRONGROOM_TO_SEAL_PKCS11_PIN, or the terminal)"
    )
    var pkcs11PinFd: String?

    @Option(help: "Its KMS key's ARN, or an alias.")
    var toSealKmsKey: String?

    @Option(help: "Its KMS endpoint, https://HOST[:PORT]. (default: AWS's endpoint of the Region)")
    var toSealKmsEndpoint: String?

    @Option(help: "Its KMS Region. (default: that of the key's ARN)")
    var toSealKmsRegion: String?

    @Option(help: "Its profile of the shared credentials file. (default: AWS's variables, or default)")
    var toSealKmsProfile: String?

    @Option(help: "A PEM file with the authorities to trust. (default: the system's)")
    var toSealKmsCa: String?

    /// The settings that these options set.
    var flags: [String: String?] {
        [
            "to-seal": toSeal, "to-seal-key": toSealKey, "to-seal-passphrase-fd": toSealPassphraseFd,
            "to-seal-pkcs11-module": pkcs11Module, "to-seal-pkcs11-token": pkcs11Token,
            "to-seal-pkcs11-key": pkcs11Key, "to-seal-pkcs11-pin-fd": pkcs11PinFd,
            "to-seal-kms-key": toSealKmsKey, "to-seal-kms-endpoint": toSealKmsEndpoint,
            "to-seal-kms-region": toSealKmsRegion, "to-seal-kms-profile": toSealKmsProfile,
            "to-seal-kms-ca": toSealKmsCa,
        ]
    }
}
