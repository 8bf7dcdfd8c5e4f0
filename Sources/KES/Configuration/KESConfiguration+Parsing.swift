import Cryptography
import Yams

extension KESConfiguration {
    /// Longer files are refused.
    package static let bytesMax = 1 << 20

    /// Reads `config.yml`; `environment` is what `${NAME}` stands for.
    ///
    /// A door of Strongroom listens on this machine alone unless it is told otherwise, and has a key store of its own.
    package static func parse(
        _ text: String,
        environment: [String: String],
        host: SealedStoreSettings.Host = .standAlone
    ) throws(KESConfigurationError) -> KESConfiguration {
        let reading = ConfigurationReading(environment: environment)
        var root = try ConfigurationSection(try document(text), path: "", reading)
        try checkVersion(&root)
        let admin = try AdminSetting(&root)
        let tls = try TLS(&root)
        let policies = try PolicySettings(&root, admin: admin.identity, proxy: tls.proxy)
        var configuration = KESConfiguration(
            address: try ListenAddress(&root, default: host == .strongroom ? .ofThisMachine : .standard),
            admin: admin.identity,
            tls: tls,
            routes: try routes(&root),
            policies: policies.set,
            cache: try CacheExpiry(&root),
            errorLog: .info,
            auditLog: .info,
            keys: try keys(&root),
            keyStore: try KeyStoreSettings(&root, in: host),
            warnings: []
        )
        var log = try root.section("log")
        // KES's documentation says that the audit log is off by default; its code has it on. An audit log
        // that stops with a change of servers would be missed too late.
        configuration.errorLog = try LogThreshold(&log, "error") ?? .info
        configuration.auditLog = try LogThreshold(&log, "audit") ?? .info
        log.warnOfUnknown()
        root.warnOfUnknown()
        configuration.warnings = reading.warnings
        return configuration
    }

    private static func document(_ text: String) throws(KESConfigurationError) -> Node? {
        guard text.utf8.count <= bytesMax else {
            throw .malformed(line: nil, reason: "the file is longer than \(bytesMax) bytes")
        }
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw .malformed(line: error.line, reason: error.reason)
        } catch {
            throw .malformed(line: nil, reason: "the file is no YAML")
        }
    }

    private static func checkVersion(_ root: inout ConfigurationSection) throws(KESConfigurationError) {
        if let version = try root.text("version"), version != "v1" {
            throw root.invalid("version", "is '\(version)'; the only version is v1")
        }
    }

    private static func routes(
        _ root: inout ConfigurationSection
    ) throws(KESConfigurationError) -> [String: RouteOptions] {
        var api = try root.section("api")
        var routes: [String: RouteOptions] = [:]
        for path in api.names {
            var route = try api.section(path)
            routes[path] = RouteOptions(
                skipsAuthentication: try route.bool("skip_auth") ?? false,
                timeout: try route.duration("timeout")
            )
            route.warnOfUnknown()
        }
        return routes
    }

    private static func keys(
        _ root: inout ConfigurationSection
    ) throws(KESConfigurationError) -> [KeyName] {
        let path = root.setting("keys")
        var keys: [KeyName] = []
        for var key in try root.sections("keys") {
            let text = try key.required("name")
            do throws(KESError) {
                keys.append(try KeyName(text))
            } catch {
                throw .invalid(setting: "\(path).name", line: key.line(of: "name"), reason: error.message)
            }
            key.warnOfUnknown()
        }
        return keys
    }
}

extension ListenAddress {
    fileprivate init(
        _ root: inout ConfigurationSection,
        default standard: ListenAddress
    ) throws(KESConfigurationError) {
        guard let text = try root.text("address") else {
            self = standard
            return
        }
        guard let address = ListenAddress(text) else {
            throw root.invalid("address", "is not an IP address and a port, such as 0.0.0.0:7373")
        }
        self = address
    }

    /// Reads `IP:PORT` or `[IPv6]:PORT`; without an IP all addresses are meant.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard IPAddress.isVersion6(host) else { return nil }
        } else if host.isEmpty {
            host = "0.0.0.0"
        } else {
            guard IPAddress.isVersion4(host) else { return nil }
        }
        self.init(host: String(host), port: Int(port))
    }
}

extension CacheExpiry {
    /// Each setting stands for itself; one that is absent has its documented default.
    fileprivate init(_ root: inout ConfigurationSection) throws(KESConfigurationError) {
        var cache = try root.section("cache")
        var expiry = try cache.section("expiry")
        self.init()
        if let any = try expiry.duration("any") { self.any = any }
        if let unused = try expiry.duration("unused") { self.unused = unused }
        if let offline = try expiry.duration("offline") { self.offline = offline }
        expiry.warnOfUnknown()
        cache.warnOfUnknown()
    }
}

extension LogThreshold {
    /// Reads `on`, `off`, a level's name with an offset or without, or a number.
    fileprivate init?(
        _ log: inout ConfigurationSection,
        _ name: String
    ) throws(KESConfigurationError) {
        guard let text = try log.text(name) else { return nil }
        guard let threshold = LogThreshold(text) else {
            throw log.invalid(name, "is none of on, off, DEBUG, INFO, WARN, ERROR, a level such as ERROR+1")
        }
        self = threshold
    }

    init?(_ text: String) {
        let text = text.lowercased()
        if let level = Int(text) {
            self.init(level: level)
            return
        }
        switch text {
        case "on", "true": self = .info
        case "off", "false": self = .off
        default:
            let name = text.prefix { $0.isLetter }
            let offset = text.dropFirst(name.count)
            guard let base = Self.named[String(name)], offset.isEmpty || Int(offset) != nil else {
                return nil
            }
            self.init(level: base.level + (Int(offset) ?? 0))
        }
    }

    private static let named: [String: LogThreshold] = [
        "debug": .debug, "info": .info, "warn": .warning, "error": .error,
    ]
}

extension YamlError {
    fileprivate var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }

    /// Without the text of the file that the library shows along with it.
    fileprivate var reason: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _),
            .reader(let problem, _, _, _):
            "the file is no YAML: \(problem)"
        case .duplicatedKeysInMapping(let names, _):
            "set more than once: \(names.sorted().joined(separator: ", "))"
        default: "the file is no YAML"
        }
    }
}
