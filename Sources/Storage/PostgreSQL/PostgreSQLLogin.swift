import CPostgreSQL
package import Cryptography

/// How a user gets into a database, in parts that somebody else wrote: nothing of them is read as a setting of libpq.
package struct PostgreSQLLogin: Sendable {
    package let host: String
    /// The addresses of the host, which is not looked up again; they are tried one after the other.
    package let addresses: [String]
    package let port: Int
    package let database: String
    package let user: String
    package let password: Redacted<String>
    /// The file of authorities that vouch for the server; nil to connect without TLS.
    package let authorities: String?
    package let connectSeconds: Int

    package init(
        host: String,
        addresses: [String],
        port: Int,
        database: String,
        user: String,
        password: Redacted<String>,
        authorities: String?,
        connectSeconds: Int
    ) {
        self.host = host
        self.addresses = addresses
        self.port = port
        self.database = database
        self.user = user
        self.password = password
        self.authorities = authorities
        self.connectSeconds = connectSeconds
    }

    /// All by which libpq could come by another server, user or password is given, so that it looks nowhere else.
    var options: [String: String] {
        var options = [
            "host": addresses.map { _ in host }.joined(separator: ","),
            "hostaddr": addresses.joined(separator: ","), "port": String(port), "dbname": database,
            "user": user,
            "connect_timeout": String(connectSeconds), "client_encoding": "UTF8",
            "passfile": "/dev/null", "gssencmode": "disable", "target_session_attrs": "any",
            "sslmode": "disable",
        ]
        options["password"] = password.exposingSecret { $0 }
        if let authorities {
            options["sslmode"] = "verify-full"
            options["sslrootcert"] = authorities
            // No certificate of the server process's own user is shown.
            options["sslcert"] = "/dev/null/none"
            options["sslkey"] = "/dev/null/none"
        }
        return options
    }
}

// MARK: Passwords

extension PostgreSQLConnection {
    /// Whether a server is there and takes connections, be it from others; asked of it without a password.
    package static func answers(at address: PostgreSQLAddress) -> Bool {
        address.withOptions { names, values in PQpingParams(names, values, 0) == PQPING_OK }
    }

    /// Whether the server asked for the password: one that did not has proved nothing about it.
    package var wasAskedForPassword: Bool { PQconnectionUsedPassword(handle) == 1 }

    /// What the server keeps instead of a password (SCRAM-SHA-256, RFC 5803), so that it never sees the password.
    ///
    /// - Returns: Nil when memory is short.
    package func verifier(of password: Redacted<String>, for user: String) -> String? {
        password.exposingSecret { password in
            guard let text = PQencryptPasswordConn(handle, password, user, "scram-sha-256") else {
                return nil
            }
            defer { PQfreemem(text) }
            return String(cString: text)
        }
    }

    /// A name in the form in which it can stand in a statement; nil for text that is no name.
    package func quoted(name: String) -> String? {
        guard !name.utf8.contains(0), let text = PQescapeIdentifier(handle, name, name.utf8.count) else {
            return nil
        }
        defer { PQfreemem(text) }
        return String(cString: text)
    }

    /// Text in the form in which it can stand in a statement that takes no bound values.
    package func quoted(text: String) -> String? {
        guard !text.utf8.contains(0), let quoted = PQescapeLiteral(handle, text, text.utf8.count) else {
            return nil
        }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }
}
