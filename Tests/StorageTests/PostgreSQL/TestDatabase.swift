import Foundation
import Testing

@testable import Storage

/// A schema of its own in the PostgreSQL server that `STRONGROOM_TEST_POSTGRES` names.
///
/// Without the variable every test that needs one fails and says how to get it.
struct TestDatabase {
    static let variable = "STRONGROOM_TEST_POSTGRES"

    let address: PostgreSQLAddress
    let schema = "test_\(UInt64.random(in: .min ... .max))"

    static func url() throws -> String {
        guard let url = ProcessInfo.processInfo.environment[variable] else {
            throw Missing(reason: "\(variable) is not set; Tests/Clients/support/postgresql.py sets it")
        }
        return url
    }

    init() throws {
        let url = "\(try Self.url())?application_name=\(schema)&options=-c%20search_path%3D\(schema)"
        address = try #require(PostgreSQLAddress(url))
        try run("CREATE SCHEMA \(schema)")
    }

    struct Missing: Error, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }

    /// A store in the schema.
    func open(changesKept: Int64 = 100_000, connectionsMax: Int = 4) async throws -> PostgreSQLStore {
        var options = PostgreSQLStore.Options()
        options.changesKept = changesKept
        options.connectionsMax = connectionsMax
        return try await PostgreSQLStore.open(address, options: options)
    }

    /// A connection beside the store's.
    func connect() throws -> PostgreSQLConnection { try PostgreSQLConnection(to: address) }

    @discardableResult
    func run(_ sql: String, _ values: [PostgreSQLValue] = []) throws -> PostgreSQLRows {
        try connect().run(PostgreSQLStatement(sql, values), until: .now + .seconds(10))
    }

    /// Cuts all other connections of this database, as a failing network or an operator does.
    func cutConnections(except connection: PostgreSQLConnection) throws {
        try connection.run(
            PostgreSQLStatement(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE pid <> pg_backend_pid() AND application_name = '\(schema)'
                """
            ),
            until: .now + .seconds(10)
        )
    }
}

let thing = RecordKind("thing")

func put(_ name: String, _ value: [UInt8] = [1], _ expectation: Storage.Expectation = .any) -> Write {
    .put(RecordKey(thing, name), value, expecting: expectation)
}

/// The error that a call throws, or nil when it succeeds.
func failure<Outcome>(of body: () async throws(StorageError) -> Outcome) async -> StorageError? {
    do throws(StorageError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}
