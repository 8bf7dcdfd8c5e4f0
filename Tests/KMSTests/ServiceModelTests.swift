import AWSProtocol
import Foundation
import KMS
import Operations
import OperationsTesting
import Testing

/// Holds the operations against botocore's model of the service, which `make test` provides.
@Suite("The service model of AWS KMS")
struct ServiceModelTests {
    private let model: ServiceModel

    init() throws {
        model = try ServiceModel(namedBy: "STRONGROOM_KMS_MODEL")
    }

    @Test func `has the operations of our table and no others`() {
        #expect(KMSOperations.table.entries.map(\.name).sorted() == model.operationNames)
    }

    @Test(arguments: KMSOperations.table.entries.map(\.name))
    func `has the members we declare for`(_ operation: String) throws {
        let entry = try #require(KMSOperations.table[operation])
        let differences = try model.differences(from: entry.input, inRequestOf: operation)
        #expect(differences.isEmpty, "\(differences)")
    }

    /// The issue of custom key stores and attestation documents: answered with an error of the service that
    /// the model does not declare for these operations.
    private static let undeclared = "UnsupportedOperationException"

    @Test(arguments: KMSOperations.table.entries.map(\.name))
    func `declares the errors we may answer with for`(_ operation: String) throws {
        let entry = try #require(KMSOperations.table[operation])
        let declared = Set(try model.errors(of: operation))
        let extra = Set(entry.errors).subtracting(declared)
        #expect(
            extra.isSubset(
                of: operation.hasSuffix("CustomKeyStore") || operation.hasSuffix("KeyStores")
                    ? [Self.undeclared] : []
            ),
            "\(extra)"
        )
    }
}
