import CloudTrail
import Operations
import OperationsTesting
import Testing

/// Holds the operations against botocore's model of the service, which `make test` provides.
@Suite("The service model of EventBridge")
struct EventBridgeModelTests {
    private let model: ServiceModel

    init() throws {
        model = try ServiceModel(namedBy: "STRONGROOM_EVENTS_MODEL")
    }

    @Test func `has the operations of our table and no others`() {
        #expect(EventBridgeOperations.table.entries.map(\.name).sorted() == model.operationNames)
    }

    private static let offered = EventBridgeOperations.table.entries
        .filter { !($0 is NotOffered<EventBridgeService>) }.map(\.name)

    /// What targets other than topics have: refused whatever is in them.
    private static let refusedParts = [
        "Parameters", "DeadLetterConfig", "RetryPolicy",
    ]

    @Test(arguments: offered) func `has the members we declare for`(_ operation: String) throws {
        let entry = try #require(EventBridgeOperations.table[operation])
        let differences = try model.differences(from: entry.input, inRequestOf: operation).filter { line in
            // A text that may be empty has no lower bound in the model.
            !line.contains("min Optional(0)") && !Self.refusedParts.contains { line.contains($0) }
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: offered) func `declares the errors we may answer with for`(_ operation: String) throws {
        let entry = try #require(EventBridgeOperations.table[operation])
        let extra = Set(entry.errors).subtracting(try model.errors(of: operation))
        #expect(extra.isEmpty, "\(extra)")
    }
}
