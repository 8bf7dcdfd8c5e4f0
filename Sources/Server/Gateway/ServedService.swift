package import AWSProtocol
package import Operations

/// A service of the JSON or Query protocol as the gateway sees it: operations by name.
package protocol ServedService: Sendable {
    /// The names of all operations; each one's place is its `index`.
    var operationNames: [String] { get }

    /// The operation of a name; nil when the service has none.
    func operation(_ name: String) -> (any ServedOperation)?
}

/// One operation of a service, ready to be called.
package protocol ServedOperation: Sendable {
    /// The place among its service's `operationNames`.
    var index: Int { get }

    /// The members of the request, which give the text of a form its types.
    var input: [Member] { get }

    /// Whether calls may come without a signature.
    var acceptsUnsigned: Bool { get }

    /// Whether `answerNow` may ever answer.
    var isImmediate: Bool { get }

    /// Answers a call, without having recorded it.
    func answer(_ call: Call, body: JSON) async -> UnrecordedReply

    /// Answers without waiting and without having recorded it; nil when the operation has to wait for something.
    func answerNow(_ call: Call, body: JSON) -> ImmediateReply?
}

/// A service made of a table of operations and the frame around them.
package final class TableService<Service: OperationService>: ServedService {
    package let operationNames: [String]
    private let operations: [String: FramedOperation<Service>]

    package init(_ table: OperationTable<Service>, frame: OperationFrame<Service>) {
        operationNames = table.entries.map(\.name)
        operations = Dictionary(
            uniqueKeysWithValues: table.entries.enumerated().map { index, entry in
                (entry.name, FramedOperation(index: index, entry: entry, frame: frame))
            }
        )
    }

    package func operation(_ name: String) -> (any ServedOperation)? { operations[name] }
}

/// An entry of a table with the frame around it.
private final class FramedOperation<Service: OperationService>: ServedOperation {
    private let entry: any OperationEntry<Service>
    private let frame: OperationFrame<Service>
    let index: Int
    let isImmediate: Bool

    init(index: Int, entry: any OperationEntry<Service>, frame: OperationFrame<Service>) {
        self.index = index
        self.entry = entry
        self.frame = frame
        isImmediate = entry.isImmediate
    }

    var input: [Member] { entry.input }
    var acceptsUnsigned: Bool { entry.acceptsUnsigned }

    func answer(_ call: Call, body: JSON) async -> UnrecordedReply {
        await entry.unrecordedAnswer(call, body: body, in: frame)
    }

    func answerNow(_ call: Call, body: JSON) -> ImmediateReply? {
        entry.answerNow(call, body: body, in: frame)
    }
}
