import CloudTrail
import Operations
import OperationsTesting
import Testing

/// Holds the operations against botocore's model of the service, which `make test` provides.
@Suite("The service model of SNS")
struct SNSModelTests {
    private let model: ServiceModel

    init() throws {
        model = try ServiceModel(namedBy: "STRONGROOM_SNS_MODEL")
    }

    @Test func `has the operations of our table and no others`() {
        #expect(SNSOperations.table.entries.map(\.name).sorted() == model.operationNames)
    }

    private static let offered = SNSOperations.table.entries
        .filter { !($0 is NotOffered<NotificationService>) }.map(\.name)

    @Test(arguments: offered) func `has the members we declare for`(_ operation: String) throws {
        let entry = try #require(SNSOperations.table[operation])
        let differences = try model.differences(from: entry.input, inRequestOf: operation).filter { line in
            // A map of structures, which a form writes as a list of them; the token of our own addresses.
            !line.contains("MessageAttributes") && line != "Unsubscribe: member Token"
                && !line.contains("min Optional(0)")
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: offered) func `declares the errors we may answer with for`(_ operation: String) throws {
        let entry = try #require(SNSOperations.table[operation])
        let extra = Set(entry.errors).subtracting(try model.errors(of: operation))
        #expect(extra.isEmpty, "\(extra)")
    }
}
