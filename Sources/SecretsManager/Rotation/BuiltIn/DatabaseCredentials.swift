import AWSProtocol
package import Cryptography

/// How to get into a database, as secrets of AWS's published shape say it.
///
/// Members are `engine`, `host`, `port`, `username`, `password`, `dbname`, `ssl` and `masterarn`; all others are kept
/// as they are when a new value is made. `ssl` is true unless it says otherwise: nothing goes over a network in the
/// clear because a member was left out.
///
/// Source: Secrets Manager User Guide, "JSON structure of AWS Secrets Manager database secrets".
package struct DatabaseCredentials: Sendable {
    package let host: String
    package let port: Int
    package let username: String
    package let password: Redacted<String>
    package let databaseName: String?
    package let usesTLS: Bool
    /// The secret of the user who may set the passwords of others.
    package let masterSecret: String?
    private let members: JSONObject

    /// Reads a value.
    ///
    /// - Parameters:
    ///   - value: The value of a version.
    ///   - what: Whose value it is, for the reason of a failure, such as `The current value`.
    ///   - engine: What the database must be.
    /// - Throws: `.permanent` with what is wrong; the value itself is never told.
    package init(
        _ value: SecretValue,
        what: String,
        engine: DatabaseEngine
    ) throws(RotationFailure) {
        guard case .object(let members) = Self.parse(value) else {
            throw .permanent("\(what) is not a JSON object with username and password.")
        }
        func text(_ name: String) -> String? {
            guard let text = members[name]?.text, !text.isEmpty, !text.utf8.contains(0) else { return nil }
            return text
        }
        guard let name = text("engine"), engine.names.contains(name) else {
            throw .permanent("\(what) does not have the engine \(engine.names.joined(separator: " or ")).")
        }
        guard let host = text("host"), Self.isHost(host) else {
            throw .permanent("\(what) has no host, by name or address.")
        }
        guard let username = text("username") else { throw .permanent("\(what) has no username.") }
        guard let password = text("password") else { throw .permanent("\(what) has no password.") }
        guard let port = Self.port(members["port"], otherwise: engine.port) else {
            throw .permanent("\(what) has a port that is no number from 1 to 65535.")
        }
        guard let usesTLS = Self.flag(members["ssl"]) else {
            throw .permanent("\(what) has an ssl that is neither true nor false.")
        }
        self.members = members
        self.host = host
        self.username = username
        self.password = Redacted(password)
        self.port = port
        self.usesTLS = usesTLS
        databaseName = text("dbname")
        masterSecret = text("masterarn")
    }

    /// The same with another user and password; every other member is kept, in its place.
    package func value(username: String, password: SecretValue) -> SecretValue {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        for (key, value) in members.members {
            writer.name(key.text)
            switch key.text {
            case "username": writer.string(username)
            case "password":
                password.exposingSecret { writer.string(String(decoding: $0, as: UTF8.self)) }
            default: writer.value(value)
            }
        }
        writer.endObject()
        return SecretValue(.string, writer.bytes)
    }

    /// Whether both are of the same server, as far as the texts tell.
    package func isSameServer(as other: DatabaseCredentials) -> Bool {
        host.lowercased() == other.host.lowercased() && port == other.port
    }

    /// Host and port, for reasons.
    package var server: String { "\(host):\(port)" }
}

// MARK: Members

extension DatabaseCredentials {
    private static func parse(_ value: SecretValue) -> JSON? {
        guard value.kind == .string else { return nil }
        return value.exposingSecret { bytes in
            // Why it is no JSON stays untold: whoever may read the value sees it.
            do throws(JSONError) { return try JSON.parse(bytes) } catch { return nil }
        }
    }

    /// Names and addresses; no path of a socket, and no list as libpq would read one.
    private static func isHost(_ text: String) -> Bool {
        guard text.utf8.count <= 253 else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal)
                || [".", "-", "_", ":"].contains(scalar)
        }
    }

    private static func port(_ json: JSON?, otherwise: Int) -> Int? {
        let number: Int?
        switch json {
        case nil, .null: number = otherwise
        case .number(let written): number = written.int64.map(Int.init)
        case .string(let text): number = Int(text.text)
        default: number = nil
        }
        guard let number, (1...65_535).contains(number) else { return nil }
        return number
    }

    /// A truth value, which tools also write as text; true when nothing is said.
    private static func flag(_ json: JSON?) -> Bool? {
        switch json {
        case nil, .null: true
        case .bool(let flag): flag
        case .string(let text):
            switch text.text.lowercased() {
            case "true": true
            case "false": false
            default: nil
            }
        default: nil
        }
    }
}

/// A kind of database: how secrets name it, and where it listens unless they say so.
package struct DatabaseEngine: Sendable {
    package let names: [String]
    package let port: Int
    /// The longest name of a user.
    package let usernameBytesMax: Int
    /// Whether every user may set its own password; elsewhere a master does it.
    package let usersSetOwnPasswords: Bool
    /// Whether the current password is valid beside a new one, so that a change can be carried out any number of times.
    package let keepsCurrentPassword: Bool

    package static let postgreSQL = DatabaseEngine(
        names: ["postgres", "postgresql", "aurora-postgresql"],
        port: 5432,
        usernameBytesMax: 63,
        usersSetOwnPasswords: true,
        keepsCurrentPassword: false
    )
    package static let redis = DatabaseEngine(
        names: ["redis", "valkey"],
        port: 6379,
        usernameBytesMax: 512,
        usersSetOwnPasswords: false,
        keepsCurrentPassword: true
    )
}
