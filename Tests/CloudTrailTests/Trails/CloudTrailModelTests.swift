import CloudTrail
import Operations
import OperationsTesting
import Testing

/// Holds the operations against botocore's model of the service, which `make test` provides.
@Suite("The service model of CloudTrail")
struct CloudTrailModelTests {
    private let model: ServiceModel
    private static let refused = Set(CloudTrailOperations.refusals.flatMap(\.names))
    private static let served = CloudTrailOperations.table.entries.map(\.name).filter {
        !refused.contains($0)
    }

    init() throws {
        model = try ServiceModel(namedBy: "STRONGROOM_CLOUDTRAIL_MODEL")
    }

    @Test func `has the operations of our table and no others`() {
        #expect(CloudTrailOperations.table.entries.map(\.name).sorted() == model.operationNames)
        #expect(Self.served.count == 18)
    }

    @Test(arguments: served)
    func `has the members we declare for`(_ operation: String) throws {
        let entry = try #require(CloudTrailOperations.table[operation])
        // MaxResults has an error of its own for numbers out of bounds.
        let differences = try model.differences(from: entry.input, inRequestOf: operation)
            .filter { !$0.hasPrefix("LookupEvents.MaxResults: m") }
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: served)
    func `declares the errors we may answer with for`(_ operation: String) throws {
        let entry = try #require(CloudTrailOperations.table[operation])
        let extra = Set(entry.errors).subtracting(try model.errors(of: operation))
        #expect(extra.isEmpty, "\(extra)")
    }
}
