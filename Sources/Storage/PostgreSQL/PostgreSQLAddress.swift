import CPostgreSQL
import Cryptography

/// Where a PostgreSQL database is and how to get in: a URI as libpq reads it, checked and never shown.
///
/// Several hosts, `sslmode`, `sslrootcert`, `options` and all else that libpq knows may stand in it; what does
/// not is taken from libpq's own variables and password file.
package struct PostgreSQLAddress: Sendable {
    /// What is used unless the address says otherwise: a server that is silent is noticed within seconds.
    private static let defaults = [
        "fallback_application_name": "strongroom", "connect_timeout": "3", "keepalives": "1",
        "keepalives_idle": "5", "keepalives_interval": "5", "keepalives_count": "2",
        "tcp_user_timeout": "10000",
    ]

    private let options: Redacted<[String: String]>
    /// Hosts and database, for logs and errors; no user and no password.
    package let description: String

    /// Nil for text that libpq does not take for the URI of a database.
    package init?(_ text: String) {
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"), !text.utf8.contains(0) else {
            return nil
        }
        guard let given = Self.parse(text) else { return nil }
        var options = Self.defaults.merging(given) { _, given in given }
        // Kinds of records are text; what a database's own encoding is does not matter.
        options["client_encoding"] = "UTF8"
        self.options = Redacted(options)
        let hosts = given["host"] ?? given["hostaddr"] ?? "localhost"
        let database = given["dbname"].map { "/\($0)" } ?? ""
        description = "postgresql://\(hosts)\(given["port"].map { ":\($0)" } ?? "")\(database)"
    }

    /// A user's place in a database, of which libpq's own variables and files change nothing.
    package init(_ login: PostgreSQLLogin) {
        options = Redacted(Self.defaults.merging(login.options) { _, given in given })
        description = "postgresql://\(login.host):\(login.port)/\(login.database)"
    }

    /// The names and values of what libpq is told, ascending by name.
    func exposingSecret<Outcome>(_ body: ([(name: String, value: String)]) -> Outcome) -> Outcome {
        options.exposingSecret { options in
            body(options.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
        }
    }

    /// A text of libpq without the passwords of this address, should one ever stand in it.
    func redacting(_ text: String) -> String {
        options.exposingSecret { options in
            ["password", "sslpassword"].compactMap { options[$0] }.filter { !$0.isEmpty }
                .reduce(text) { $0.replacing($1, with: "<redacted>") }
        }
    }

    private static func parse(_ text: String) -> [String: String]? {
        // libpq's reason for a refusal quotes the text, password and all: it is not asked for.
        guard let first = PQconninfoParse(text, nil) else { return nil }
        defer { PQconninfoFree(first) }
        var given: [String: String] = [:]
        var option = first
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return given
    }
}
