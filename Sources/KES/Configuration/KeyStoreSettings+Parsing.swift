import AWSProtocol
import Cryptography

extension KeyStoreSettings {
    /// Exactly one key store; none at all is the host's own, or memory, as the documentation says, with a warning.
    init(
        _ root: inout ConfigurationSection,
        in host: SealedStoreSettings.Host
    ) throws(KESConfigurationError) {
        var stores = try root.section("keystore")
        try Self.refuseOthers(&stores)
        var found: [(name: String, settings: KeyStoreSettings)] = []
        if stores.has("fs") {
            var files = try stores.section("fs")
            found.append(("fs", .files(path: try files.required("path"))))
            files.warnOfUnknown()
        }
        if stores.has("aws") {
            var aws = try stores.section("aws")
            guard aws.has("secretsmanager") else { throw .missing(setting: "keystore.aws.secretsmanager") }
            var manager = try aws.section("secretsmanager")
            found.append(("aws", .secretsManager(try SecretsManagerSettings(&manager))))
            manager.warnOfUnknown()
            aws.warnOfUnknown()
        }
        if stores.has("vault") {
            var vault = try stores.section("vault")
            found.append(("vault", .vault(try VaultSettings(&vault))))
            vault.warnOfUnknown()
        }
        if stores.has("strongroom") {
            found.append(("strongroom", .sealed(try SealedStoreSettings(&stores, in: host))))
        }
        stores.warnOfUnknown()
        guard found.count <= 1 else {
            let names = found.map { "keystore.\($0.name)" }.joined(separator: " and ")
            throw .invalid(
                setting: "keystore",
                line: root.line(of: "keystore"),
                reason: "has more than one key store: \(names)"
            )
        }
        if let settings = found.first?.settings {
            self = settings
        } else if host == .strongroom {
            self = .sealed(.own)
        } else {
            root.warn("no 'keystore' is set: keys are kept in memory and are lost when the server stops")
            self = .memory
        }
    }

    /// What KES's configuration has and this server does not.
    private static let others: [(name: String, product: String)] = [
        ("kes", "another KES server, for which KES itself has had no code since October 2023"),
        ("gcp", "Google Cloud Secret Manager"),
        ("azure", "Azure Key Vault"),
        ("fortanix", "Fortanix SDKMS"),
        ("gemalto", "Thales CipherTrust (KeySecure)"),
        ("entrust", "Entrust KeyControl"),
    ]

    private static let offered = "'fs', 'aws.secretsmanager', 'vault' and 'strongroom'"

    private static func refuseOthers(_ stores: inout ConfigurationSection) throws(KESConfigurationError) {
        for (name, product) in others where stores.has(name) {
            throw .notOffered(
                setting: stores.setting(name),
                line: stores.line(of: name),
                reason: "this server cannot keep keys in \(product); it offers \(Self.offered)"
            )
        }
    }
}

extension SecretsManagerSettings {
    fileprivate init(_ manager: inout ConfigurationSection) throws(KESConfigurationError) {
        let address = try manager.required("endpoint")
        guard let endpoint = ServiceEndpoint.parse(address) else {
            throw manager.invalid("endpoint", "is not the address of an HTTP server")
        }
        guard let region = Region(try manager.required("region")) else {
            throw manager.invalid("region", "is not the name of a Region, such as us-east-1")
        }
        self.init(
            endpoint: endpoint,
            region: region,
            kmsKey: try manager.text("kmskey"),
            credentials: nil
        )
        var credentials = try manager.section("credentials")
        let accessKey = try credentials.text("accesskey")
        let secretKey = try credentials.text("secretkey")
        let token = try credentials.text("token")
        credentials.warnOfUnknown()
        switch (accessKey, secretKey) {
        case (nil, nil):
            guard token == nil else { throw .missing(setting: credentials.setting("accesskey")) }
        case (nil, _): throw .missing(setting: credentials.setting("accesskey"))
        case (_, nil): throw .missing(setting: credentials.setting("secretkey"))
        case (let accessKey?, let secretKey?):
            self.credentials = FixedCredentials(
                accessKey: accessKey,
                secretKey: Redacted(secretKey),
                token: token.map { Redacted($0) }
            )
        }
    }
}
