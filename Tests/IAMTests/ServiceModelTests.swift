import AWSProtocol
import IAM
import Operations
import OperationsTesting
import Testing

/// Holds the operations against botocore's model of the service, which `make test` provides.
@Suite("The service model of AWS IAM")
struct ServiceModelTests {
    private let model: ServiceModel

    init() throws {
        model = try ServiceModel(namedBy: "STRONGROOM_IAM_MODEL")
    }

    /// Operations of the model that nobody has written yet.
    private static let missing: Set<String> = [
        "AddClientIDToOpenIDConnectProvider", "ChangePassword", "CreateAccountAlias", "CreateLoginProfile",
        "CreateOpenIDConnectProvider", "DeleteAccountAlias", "DeleteAccountPasswordPolicy",
        "DeleteLoginProfile", "DeleteOpenIDConnectProvider", "GenerateCredentialReport",
        "GetAccountAuthorizationDetails", "GetAccountPasswordPolicy", "GetAccountSummary",
        "GetContextKeysForCustomPolicy", "GetContextKeysForPrincipalPolicy", "GetCredentialReport",
        "GetLoginProfile", "GetOpenIDConnectProvider", "ListAccountAliases",
        "ListOpenIDConnectProviderTags", "ListOpenIDConnectProviders",
        "RemoveClientIDFromOpenIDConnectProvider", "SimulateCustomPolicy", "SimulatePrincipalPolicy",
        "TagOpenIDConnectProvider", "UntagOpenIDConnectProvider", "UpdateAccountPasswordPolicy",
        "UpdateLoginProfile", "UpdateOpenIDConnectProviderThumbprint",
    ]

    @Test func `has the operations of our table and no others`() {
        let names = Set(IAMOperations.table.entries.map(\.name))
        #expect(names.union(Self.missing) == Set(model.operationNames))
        #expect(names.isDisjoint(with: Self.missing))
    }

    /// The operations that are more than a refusal.
    private static let offered = IAMOperations.table.entries.filter { !($0 is NotOffered<IAMService>) }
        .map(\.name)

    @Test(arguments: offered) func `has the members we declare for`(_ operation: String) throws {
        let entry = try #require(IAMOperations.table[operation])
        let differences = try model.differences(from: entry.input, inRequestOf: operation)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test(arguments: offered) func `declares the errors we may answer with for`(_ operation: String) throws {
        let entry = try #require(IAMOperations.table[operation])
        let extra = Set(entry.errors).subtracting(try model.queryErrors(of: operation))
        #expect(extra.isEmpty, "\(extra)")
    }
}
