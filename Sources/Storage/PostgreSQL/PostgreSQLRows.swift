import CPostgreSQL

/// The rows that a statement gave, in binary form; every value is checked when it is read.
package final class PostgreSQLRows {
    private let result: OpaquePointer
    package let count: Int

    /// Takes over a result of libpq.
    init(_ result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    func integer(_ row: Int, _ column: Int) throws(PostgreSQLFailure) -> Int64 {
        let bytes = try self.bytes(row, column)
        guard bytes.count == 8 else { throw .unreadable("column \(column) is no 64-bit number") }
        return bytes.reduce(0) { $0 << 8 | Int64($1) }
    }

    package func boolean(_ row: Int, _ column: Int) throws(PostgreSQLFailure) -> Bool {
        let bytes = try self.bytes(row, column)
        guard bytes.count == 1 else { throw .unreadable("column \(column) is no truth value") }
        return bytes[0] != 0
    }

    /// Text as it was stored; bytes that are no UTF-8 are not text.
    package func text(_ row: Int, _ column: Int) throws(PostgreSQLFailure) -> String {
        guard let text = String(validating: try bytes(row, column), as: UTF8.self) else {
            throw .unreadable("column \(column) is not UTF-8")
        }
        return text
    }

    func bytes(_ row: Int, _ column: Int) throws(PostgreSQLFailure) -> [UInt8] {
        let (row, column) = (Int32(row), Int32(column))
        guard row < PQntuples(result), column < PQnfields(result) else {
            throw .unreadable("there is no column \(column) in row \(row)")
        }
        guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
            throw .unreadable("column \(column) is empty")
        }
        return [UInt8](UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result, row, column))))
    }
}
