package import AWSProtocol
package import Operations

/// A service of the JSON protocol as the gateway sees it: operations by name.
package protocol ServedService: Sendable {
    /// Whether the service has an operation of this name.
    func hasOperation(_ name: String) -> Bool

    /// Answers a call; nil only for a name that is no operation's.
    func answer(_ operation: String, to call: Call, body: JSON) async -> Reply?

    /// Whether `answerNow` may ever answer a call of this operation.
    func isImmediate(_ name: String) -> Bool

    /// Answers at once, without having recorded it; nil when the operation has to wait for something.
    func answerNow(_ operation: String, to call: Call, body: JSON) -> UnrecordedReply?
}

/// A service made of a table of operations and the frame around them.
package struct TableService<Service: OperationService>: ServedService {
    private let table: OperationTable<Service>
    private let frame: OperationFrame<Service>

    package init(_ table: OperationTable<Service>, frame: OperationFrame<Service>) {
        self.table = table
        self.frame = frame
    }

    package func hasOperation(_ name: String) -> Bool { table[name] != nil }

    package func answer(_ operation: String, to call: Call, body: JSON) async -> Reply? {
        guard let entry = table[operation] else { return nil }
        return await entry.answer(call, body: body, in: frame)
    }

    package func isImmediate(_ name: String) -> Bool { table[name]?.isImmediate ?? false }

    package func answerNow(_ operation: String, to call: Call, body: JSON) -> UnrecordedReply? {
        table[operation]?.answerNow(call, body: body, in: frame)
    }
}
