/// A statement with its bound values, in the binary form of PostgreSQL's protocol.
package struct PostgreSQLStatement {
    let sql: String
    let values: [PostgreSQLValue]

    package init(_ sql: String, _ values: [PostgreSQLValue] = []) {
        self.sql = sql
        self.values = values
    }
}

/// A bound value: a type's number in the catalog `pg_type`, and bytes.
package struct PostgreSQLValue {
    let type: UInt32
    let bytes: [UInt8]

    static func integer(_ value: Int64) -> PostgreSQLValue {
        PostgreSQLValue(type: 20, bytes: bigEndian(value))
    }

    package static func text(_ value: String) -> PostgreSQLValue {
        PostgreSQLValue(type: 25, bytes: Array(value.utf8))
    }

    static func bytes(_ value: some Sequence<UInt8>) -> PostgreSQLValue {
        PostgreSQLValue(type: 17, bytes: Array(value))
    }

    static func integers(_ values: [Int64]) -> PostgreSQLValue {
        PostgreSQLValue(type: 1016, elements: values.map(bigEndian), ofType: 20)
    }

    static func texts(_ values: [String]) -> PostgreSQLValue {
        PostgreSQLValue(type: 1009, elements: values.map { Array($0.utf8) }, ofType: 25)
    }

    static func byteStrings(_ values: [[UInt8]]) -> PostgreSQLValue {
        PostgreSQLValue(type: 1001, elements: values, ofType: 17)
    }

    static func booleans(_ values: [Bool]) -> PostgreSQLValue {
        PostgreSQLValue(type: 1000, elements: values.map { [$0 ? 1 : 0] }, ofType: 16)
    }
}

// MARK: Wire

extension PostgreSQLValue {
    /// An array of one dimension: dimensions, whether there are nulls, the elements' type, count, lowest
    /// index, then each element behind its length (`array_send` in PostgreSQL).
    private init(type: UInt32, elements: [[UInt8]], ofType element: UInt32) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(elements.reduce(20) { $0 + 4 + $1.count })
        bytes += Self.bigEndian(Int32(elements.isEmpty ? 0 : 1)) + Self.bigEndian(Int32(0))
        bytes += Self.bigEndian(element)
        if !elements.isEmpty {
            bytes += Self.bigEndian(Int32(elements.count)) + Self.bigEndian(Int32(1))
            for element in elements {
                bytes += Self.bigEndian(Int32(element.count))
                bytes += element
            }
        }
        self.init(type: type, bytes: bytes)
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { [UInt8]($0) }
    }
}
