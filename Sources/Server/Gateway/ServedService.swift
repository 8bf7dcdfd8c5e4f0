package import AWSProtocol
package import Operations

/// A service of the JSON protocol as the gateway sees it: operations by name.
package protocol ServedService: Sendable {
    /// The names of all operations; each one's place is the index that replies carry.
    var operationNames: [String] { get }

    /// The place of an operation among `operationNames`; nil when the service has none of this name.
    func index(of name: String) -> Int?

    /// Answers a call; nil only for a name that is no operation's.
    func answer(_ operation: String, to call: Call, body: JSON) async -> Reply?

    /// Answers at once; nil when the operation has to wait for something.
    func answerNow(_ operation: String, to call: Call, body: JSON) -> Reply?
}

/// A service made of a table of operations and the frame around them.
package struct TableService<Service: OperationService>: ServedService {
    private let table: OperationTable<Service>
    private let frame: OperationFrame<Service>

    package init(_ table: OperationTable<Service>, frame: OperationFrame<Service>) {
        self.table = table
        self.frame = frame
    }

    package var operationNames: [String] { table.entries.map(\.name) }

    package func index(of name: String) -> Int? { table.index(of: name) }

    package func answer(_ operation: String, to call: Call, body: JSON) async -> Reply? {
        guard let index = table.index(of: operation) else { return nil }
        var reply = await table.entries[index].answer(call, body: body, in: frame)
        reply.operationIndex = index
        return reply
    }

    package func answerNow(_ operation: String, to call: Call, body: JSON) -> Reply? {
        guard let index = table.index(of: operation),
            var reply = table.entries[index].answerNow(call, body: body, in: frame)
        else { return nil }
        reply.operationIndex = index
        return reply
    }
}
