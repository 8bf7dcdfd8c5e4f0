import Operations
import OperationsTesting
import SecretsManager
import Testing

/// Holds the operations against botocore's model of the service, which `make test` provides.
@Suite("The service model of Secrets Manager")
struct SecretsManagerModelTests {
    private let model: ServiceModel

    init() throws {
        model = try ServiceModel(namedBy: "STRONGROOM_SECRETS_MODEL")
    }

    @Test func `has the operations of our table and no others`() {
        #expect(SecretsManagerOperations.table.entries.map(\.name).sorted() == model.operationNames)
    }

    private static let offered = SecretsManagerOperations.table.entries
        .filter { !($0 is NotOffered<SecretsManagerService>) }.map(\.name)

    @Test(arguments: offered) func `has the members we declare for`(_ operation: String) throws {
        let entry = try #require(SecretsManagerOperations.table[operation])
        let differences = try model.differences(from: entry.input, inRequestOf: operation).filter { line in
            // The model leaves the days without bounds; ours are those of a 32-bit number.
            !line.contains("RecoveryWindowInDays")
        }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: offered) func `declares the errors we may answer with for`(_ operation: String) throws {
        let entry = try #require(SecretsManagerOperations.table[operation])
        let extra = Set(entry.errors).subtracting(try model.errors(of: operation))
        #expect(extra.isEmpty, "\(extra)")
    }
}
