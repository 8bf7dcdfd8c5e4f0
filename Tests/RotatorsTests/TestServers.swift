import Foundation
import Rotators
import SecretsManager
import Storage
import Synchronization
import Testing

/// Hosts are what they are called; of those that are no number only one is found, at two addresses.
struct LiteralAddresses: DatabaseAddresses {
    func addresses(of host: String, mayBeLoopback: Bool) async throws(RotationFailure) -> [String] {
        if host == "two.example" { return ["127.0.0.9", "127.0.0.1"] }
        guard host.allSatisfy({ $0.isNumber || $0 == "." }) else { throw .temporary("\(host) is not found") }
        guard !host.hasPrefix("127.") || mayBeLoopback else { throw .permanent("\(host) may not be called") }
        return [host]
    }
}

final class Notices: RotationNotices {
    let all = Mutex<[String]>([])

    func note(_ sentence: String) { all.withLock { $0.append(sentence) } }
}

/// A rotator of this machine's databases.
func databaseRotator(
    _ kind: String,
    _ settings: [String: String] = [:],
    notices: Notices = Notices()
) throws -> any Rotator {
    let settings = ["hosts": "127.0.0.1,two.example"].merging(settings) { $1 }
    return try BuiltInRotators(addresses: LiteralAddresses(), notices: notices)
        .rotator(for: try #require(registered(kind, settings)))
}

/// The PostgreSQL server that `STRONGROOM_TEST_POSTGRES` names, and a user of its own with a table.
struct TestPostgreSQL {
    static let masterSecret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:master-AbCdEf"

    let user = "Us er\"\(UInt32.random(in: .min ... .max))'"
    let port: Int
    private let address: PostgreSQLAddress
    private let administrator: (user: String, password: String)

    init() throws {
        let variable = "STRONGROOM_TEST_POSTGRES"
        let url = try #require(
            ProcessInfo.processInfo.environment[variable],
            "\(variable) is not set; Tests/Clients/support/postgresql.py sets it"
        )
        let parts = try #require(URLComponents(string: url))
        port = try #require(parts.port)
        administrator = (try #require(parts.user), try #require(parts.password))
        address = try #require(PostgreSQLAddress(url))
    }

    /// The user's name as a part of statements.
    func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    @discardableResult
    func run(_ sql: String) throws -> PostgreSQLRows {
        try PostgreSQLConnection(to: address).run(PostgreSQLStatement(sql), until: .now + .seconds(10))
    }

    /// Makes the user and gives its secret.
    func secret(password: String = "p0", more: String = "") throws -> FakeSecret {
        try run("CREATE ROLE \(quoted(user)) LOGIN PASSWORD '\(password)'")
        let secret = FakeSecret(value(user: user, password: password, more: more))
        secret.setOther(
            Self.masterSecret,
            to: value(user: administrator.user, password: administrator.password)
        )
        return secret
    }

    func value(user: String, password: String, more: String = "") -> String {
        let user = user.replacing("\"", with: "\\\"")
        return #"{"engine":"postgres","host":"127.0.0.1","port":\#(port),"username":"\#(user)","#
            + #""password":"\#(password)","ssl":false\#(more)}"#
    }

    /// Whether a version of the secret opens the database.
    func admits(_ label: RotationLabel, of secret: FakeSecret) throws -> Bool {
        let user = try #require(secret.member("username", of: label))
        let password = try #require(secret.member("password", of: label))
        var parts = URLComponents()
        parts.scheme = "postgresql"
        parts.host = "127.0.0.1"
        parts.port = port
        parts.path = "/postgres"
        // What a query may have unescaped, libpq reads in another way.
        let letters = CharacterSet.alphanumerics
        parts.percentEncodedUser = user.addingPercentEncoding(withAllowedCharacters: letters)
        parts.percentEncodedPassword = password.addingPercentEncoding(withAllowedCharacters: letters)
        let text = try #require(parts.string)
        let address = try #require(PostgreSQLAddress(text))
        do throws(PostgreSQLFailure) {
            try PostgreSQLConnection(to: address).run(
                PostgreSQLStatement("SELECT 1"),
                until: .now + .seconds(5)
            )
            return true
        } catch {
            return false
        }
    }
}
