/// Every path that the server answers.
///
/// The table follows the last release of KES (2025-03-12), with the bulk decryption of earlier ones.
package enum Route: String, CaseIterable, Sendable {
    case version = "/version"
    case ready = "/v1/ready"
    case status = "/v1/status"
    case metrics = "/v1/metrics"
    case api = "/v1/api"
    case keyCreate = "/v1/key/create/"
    case keyImport = "/v1/key/import/"
    case keyDescribe = "/v1/key/describe/"
    case keyList = "/v1/key/list/"
    case keyDelete = "/v1/key/delete/"
    case keyGenerate = "/v1/key/generate/"
    case keyEncrypt = "/v1/key/encrypt/"
    case keyDecrypt = "/v1/key/decrypt/"
    case keyBulkDecrypt = "/v1/key/bulk/decrypt/"
    case keyHMAC = "/v1/key/hmac/"
    case policyDescribe = "/v1/policy/describe/"
    case policyRead = "/v1/policy/read/"
    case policyList = "/v1/policy/list/"
    case identityDescribe = "/v1/identity/describe/"
    case identityList = "/v1/identity/list/"
    case identitySelfDescribe = "/v1/identity/self/describe"
    case logError = "/v1/log/error"
    case logAudit = "/v1/log/audit"

    package var path: String { rawValue }

    package var method: String {
        switch self {
        case .keyCreate, .keyImport, .keyGenerate, .keyEncrypt, .keyDecrypt, .keyHMAC: "PUT"
        case .keyBulkDecrypt: "POST"
        case .keyDelete: "DELETE"
        default: "GET"
        }
    }

    /// POST is accepted wherever PUT is.
    func accepts(_ method: String) -> Bool {
        method == self.method
            || (method == "POST" || method == "PUT") && ["PUT", "POST"].contains(self.method)
    }

    /// 0 for routes that do not read what is sent.
    package var bodyBytesMax: Int {
        switch self {
        case .keyImport, .keyGenerate, .keyEncrypt, .keyDecrypt, .keyHMAC: 1_000_000
        case .keyBulkDecrypt: 1 << 20
        default: 0
        }
    }

    /// How long a request may take unless the configuration says otherwise, in seconds; nil for ever.
    package var secondsMaxDefault: Double? {
        switch self {
        case .version, .api: 10
        case .logError, .logAudit: nil
        default: 15
        }
    }

    /// Who may call it, unless the configuration lets everybody.
    var admission: Admission {
        switch self {
        case .version: .everybody
        case .identitySelfDescribe: .anyCertificate
        default: .policy
        }
    }

    /// Whether a request may change which keys there are.
    package var changesKeys: Bool {
        switch self {
        case .keyCreate, .keyImport, .keyDelete: true
        default: false
        }
    }

    enum Admission { case everybody, anyCertificate, policy }

    /// Whether the metrics of requests count it.
    var isCounted: Bool {
        path.hasPrefix("/v1/key/") || path.hasPrefix("/v1/policy/") || path.hasPrefix("/v1/identity/")
    }

    private static let exact = Dictionary(
        uniqueKeysWithValues: allCases.filter { !$0.path.hasSuffix("/") }.map { ($0.path, $0) }
    )
    private static let prefixes = Dictionary(
        uniqueKeysWithValues: allCases.filter { $0.path.hasSuffix("/") }.map { ($0.path, $0) }
    )
    /// Clients that list everything leave the slash away.
    private static let lists = [keyList, policyList, identityList]

    /// Finds the route of a path, and the rest of the path that names what it is about.
    static func find(_ path: String) -> (route: Route, resource: String)? {
        if let route = exact[path] { return (route, "") }
        for route in lists where path.utf8.count == route.path.utf8.count - 1 && route.path.hasPrefix(path) {
            return (route, "")
        }
        // All prefixes have three slashes after the first, but for the bulk one, which has four.
        guard let end = path.endOfPrefix(slashes: 4) else { return nil }
        if let route = prefixes[String(path[..<end])] { return (route, String(path[end...])) }
        guard let end = path.endOfPrefix(slashes: 5), let route = prefixes[String(path[..<end])] else {
            return nil
        }
        return (route, String(path[end...]))
    }
}

extension String {
    /// Behind the slash of that number; nil when there are fewer.
    fileprivate func endOfPrefix(slashes: Int) -> Index? {
        var count = 0
        var index = startIndex
        while index < endIndex {
            if self[index] == "/" { count += 1 }
            index = self.index(after: index)
            if count == slashes { return index }
        }
        return nil
    }
}
