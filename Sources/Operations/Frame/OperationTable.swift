package import AWSProtocol

/// The operations of a service by name: a list of types and nothing else.
package struct OperationTable<Service: OperationService>: Sendable {
    /// In the order they were listed.
    package let entries: [any OperationEntry<Service>]
    private let byName: [String: any OperationEntry<Service>]

    package init(_ entries: [any OperationEntry<Service>]) {
        self.entries = entries
        byName = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0) })
    }

    package subscript(name: String) -> (any OperationEntry<Service>)? { byName[name] }
}

/// One operation of a service with its type forgotten.
package protocol OperationEntry<Service>: Sendable {
    associatedtype Service: OperationService

    var name: String { get }
    var input: [Member] { get }
    var errors: [String] { get }

    /// Whether calls may come without a signature.
    var acceptsUnsigned: Bool { get }

    /// Answers a call, without having recorded it; never throws, since every failure is an answer too.
    func unrecordedAnswer(
        _ call: Call,
        body: JSON,
        in frame: OperationFrame<Service>
    ) async -> UnrecordedReply

    /// Whether `answerNow` may ever answer.
    var isImmediate: Bool { get }

    /// Answers from snapshots in memory without waiting for anything, or nil when that is not possible; the answer
    /// is not recorded yet.
    func answerNow(_ call: Call, body: JSON, in frame: OperationFrame<Service>) -> ImmediateReply?
}

/// The entry of an operation over snapshots.
package struct Immediate<Operation: ImmediateOperation>: OperationEntry {
    package init(_ operation: Operation.Type) {}

    package var name: String { Operation.name }
    package var input: [Member] { Operation.input }
    package var errors: [String] { Operation.errors }
    package var acceptsUnsigned: Bool { Operation.acceptsUnsigned }
    package var isImmediate: Bool { true }

    package func unrecordedAnswer(
        _ call: Call,
        body: JSON,
        in frame: OperationFrame<Operation.Service>
    ) async -> UnrecordedReply {
        await frame.answer(Operation.self, to: call, body: body)
    }

    package func answerNow(
        _ call: Call,
        body: JSON,
        in frame: OperationFrame<Operation.Service>
    ) -> ImmediateReply? {
        frame.answerNow(Operation.self, to: call, body: body)
    }
}

/// The entry of an operation that reads or changes the store.
package struct Durable<Operation: DurableOperation>: OperationEntry {
    package init(_ operation: Operation.Type) {}

    package var name: String { Operation.name }
    package var input: [Member] { Operation.input }
    package var errors: [String] { Operation.errors }
    package var acceptsUnsigned: Bool { Operation.acceptsUnsigned }
    package var isImmediate: Bool { false }

    package func unrecordedAnswer(
        _ call: Call,
        body: JSON,
        in frame: OperationFrame<Operation.Service>
    ) async -> UnrecordedReply {
        await frame.answer(Operation.self, to: call, body: body)
    }

    package func answerNow(
        _ call: Call,
        body: JSON,
        in frame: OperationFrame<Operation.Service>
    ) -> ImmediateReply? { nil }
}

extension OperationEntry {
    package var acceptsUnsigned: Bool { false }

    /// Answers a call and records it; never throws, since every failure is an answer too.
    package func answer(_ call: Call, body: JSON, in frame: OperationFrame<Service>) async -> Reply {
        frame.recorded(await unrecordedAnswer(call, body: body, in: frame), of: call)
    }
}
