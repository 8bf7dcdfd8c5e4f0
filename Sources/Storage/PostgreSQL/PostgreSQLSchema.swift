/// The tables, as numbered migrations: one a change, never edited once released.
enum PostgreSQLSchema {
    /// "STRM" in ASCII: nodes that start at the same time migrate one after the other.
    private static let lock: Int64 = 0x5354_524D

    private static let migrations: [(name: String, statements: [String])] = [
        (
            "records and changes",
            [
                // Keys are bytes: ordered one by one, and free to hold any character.
                """
                CREATE TABLE strongroom_records (
                    kind text COLLATE "C" NOT NULL,
                    key bytea NOT NULL,
                    value bytea NOT NULL,
                    version bigint NOT NULL CHECK (version > 0),
                    PRIMARY KEY (kind, key)
                )
                """,
                // The stamp is a commit's own: by it a node knows a feed that was rolled back behind it.
                """
                CREATE TABLE strongroom_changes (
                    sequence bigint NOT NULL PRIMARY KEY CHECK (sequence > 0),
                    kind text COLLATE "C" NOT NULL,
                    key bytea NOT NULL,
                    deleted boolean NOT NULL,
                    stamp bigint NOT NULL
                )
                """,
                """
                CREATE TABLE strongroom_feed (
                    id smallint NOT NULL PRIMARY KEY CHECK (id = 1),
                    latest bigint NOT NULL CHECK (latest >= 0)
                )
                """,
                "INSERT INTO strongroom_feed (id, latest) VALUES (1, 0)",
            ]
        )
    ]

    /// Makes the tables when `creating`, or brings them up to date; a role that may not is needed for neither afterwards.
    ///
    /// - Throws: `.refused` with the code `0A000` for tables of a newer version, and with `42P01` when there
    ///   are none and they are not to be made.
    static func prepare(
        _ connection: PostgreSQLConnection,
        creating: Bool,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) {
        let present = PostgreSQLStatement("SELECT to_regclass('strongroom_migrations') IS NOT NULL")
        if try connection.run(present, until: deadline).boolean(0, 0) {
            if try applied(connection, until: deadline) == migrations.count { return }
        } else if !creating {
            throw .refused(code: "42P01", "there is no store of Strongroom in it")
        }
        try connection.run(
            [
                PostgreSQLStatement("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
                PostgreSQLStatement("SELECT pg_advisory_xact_lock($1)::text", [.integer(lock)]),
                PostgreSQLStatement(
                    """
                    CREATE TABLE IF NOT EXISTS strongroom_migrations (
                        number bigint NOT NULL PRIMARY KEY,
                        name text NOT NULL
                    )
                    """
                ),
            ],
            until: deadline
        )
        for number in try applied(connection, until: deadline)..<migrations.count {
            let migration = migrations[number]
            try connection.run(
                migration.statements.map { PostgreSQLStatement($0) } + [
                    PostgreSQLStatement(
                        "INSERT INTO strongroom_migrations (number, name) VALUES ($1, $2)",
                        [.integer(Int64(number + 1)), .text(migration.name)]
                    )
                ],
                until: deadline
            )
        }
        try connection.run(PostgreSQLStatement("COMMIT"), until: deadline)
    }

    /// How many migrations were made.
    private static func applied(
        _ connection: PostgreSQLConnection,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) -> Int {
        let statement = PostgreSQLStatement("SELECT coalesce(max(number), 0) FROM strongroom_migrations")
        let number = try connection.run(statement, until: deadline).integer(0, 0)
        guard number <= migrations.count else {
            throw .refused(code: "0A000", "the tables are of a newer version of Strongroom")
        }
        return Int(max(number, 0))
    }
}
