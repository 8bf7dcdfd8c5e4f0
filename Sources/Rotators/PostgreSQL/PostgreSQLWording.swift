import SecretsManager
import Storage

/// How failures of a visit are told: with host and port, and without the names that stand in secrets.
struct PostgreSQLWording: Sendable {
    /// Shorter ones are hidden only in quotes, in which the server puts them.
    private static let bareNameMin = 4

    let server: String
    /// The longest first, since one may be a part of another.
    private let names: [String]

    init(of credentials: [DatabaseCredentials]) {
        server = credentials.first?.server ?? ""
        let names = credentials.flatMap { [$0.username, $0.databaseName] }.compactMap(\.self)
        self.names = Set(names).sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The server's words; statements and bound values are not in them.
    func clause(_ failure: PostgreSQLFailure) -> String {
        let text =
            switch failure {
            case .lost(let reason), .uncertain(let reason), .unreadable(let reason): reason
            case .refused(let code, let text): "\(text) (\(code))"
            }
        return names.reduce(text) { text, name in
            let hidden = text.replacing("\"\(name)\"", with: "\"…\"")
            return name.count < Self.bareNameMin ? hidden : hidden.replacing(name, with: "…")
        }
    }
}
