import AWSProtocol
import IAM
import Operations
import OperationsTesting
import Testing

/// Holds the operations against botocore's model of the service, which `make test` provides.
@Suite("The service model of AWS STS")
struct TokenServiceModelTests {
    private let model: ServiceModel

    init() throws {
        model = try ServiceModel(namedBy: "STRONGROOM_STS_MODEL")
    }

    @Test func `has the operations of our table and no others`() {
        #expect(STSOperations.table.entries.map(\.name).sorted() == model.operationNames)
    }

    @Test(arguments: STSOperations.table.entries.map(\.name))
    func `has the members we declare for`(_ operation: String) throws {
        let entry = try #require(STSOperations.table[operation])
        let differences = try model.differences(from: entry.input, inRequestOf: operation)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: STSOperations.table.entries.map(\.name))
    func `declares the errors we may answer with for`(_ operation: String) throws {
        let entry = try #require(STSOperations.table[operation])
        let extra = Set(entry.errors).subtracting(try model.queryErrors(of: operation))
        #expect(extra.isEmpty, "\(extra)")
    }
}
