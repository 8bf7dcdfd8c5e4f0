import AWSProtocol
import OperationsTesting
import SecretsManager
import Testing

@Suite("Names and ARNs of secrets")
struct NameTests {
    @Test(arguments: ["a", "app/db", "A-z_0.9+=@!", String(repeating: "n", count: 512)])
    func `take what AWS takes`(_ text: String) {
        #expect(SecretName(text)?.description == text)
    }

    @Test(arguments: ["", " ", "a b", "a:b", "ä", "a*", "a\n", "a?", String(repeating: "n", count: 513)])
    func `refuse anything else`(_ text: String) {
        #expect(SecretName(text) == nil)
    }

    @Test func `end in six characters that differ`() {
        let suffixes = (0..<200).map { _ in SecretSuffix.random() }
        #expect(Set(suffixes).count == 200)
        #expect(suffixes.allSatisfy { SecretSuffix($0.description) == $0 })
        #expect(SecretSuffix("abcde") == nil)
        #expect(SecretSuffix("abcde-") == nil)
    }

    @Test func `lead to a secret whole, without the suffix and by name`() async throws {
        let secrets = try SecretsDeployment()
        let arn = try await secrets.makeSecret("app/db")
        #expect(arn.hasPrefix("arn:aws:secretsmanager:us-east-1:111122223333:secret:app/db-"))
        for id in [arn, String(arn.dropLast(7)), "app/db"] { #expect(try await secrets.value(id) == "one") }
        for id in ["\(arn.dropLast(1))!", "\(arn.dropLast(3))", "\(arn)x"] {
            #expect(
                try await secrets.failure("GetSecretValue", ["SecretId": id])
                    == "ResourceNotFoundException: Secrets Manager can't find the specified secret."
            )
        }
    }

    @Test func `that end like an ARN are found by their partial ARN`() async throws {
        let secrets = try SecretsDeployment()
        let arn = try await secrets.makeSecret("db-abcdef")
        try await secrets.makeSecret("db", "two")
        #expect(try await secrets.value(String(arn.dropLast(7))) == "one")
        #expect(try await secrets.value(arn) == "one")
    }

    @Test func `of another Region or service name nothing here`() async throws {
        let secrets = try SecretsDeployment()
        let arn = try await secrets.makeSecret("db")
        for id in [
            arn.replacing("us-east-1", with: "eu-west-1"), arn.replacing(":secretsmanager:", with: ":kms:"),
            arn.replacing(":secret:", with: ":key:"), "arn:", "arn:aws:secretsmanager",
        ] {
            #expect(try await secrets.failure("DescribeSecret", ["SecretId": id]).hasPrefix("Resource"))
        }
    }

    @Test func `of a secret made again under its name are new`() async throws {
        let secrets = try SecretsDeployment()
        let old = try await secrets.makeSecret("db")
        try await secrets.call("DeleteSecret", ["SecretId": "db", "ForceDeleteWithoutRecovery": true])
        let new = try await secrets.makeSecret("db", "two")
        #expect(old != new)
        #expect(try await secrets.failure("GetSecretValue", ["SecretId": old]).hasPrefix("ResourceNot"))
        #expect(try await secrets.value(new) == "two")
    }
}
