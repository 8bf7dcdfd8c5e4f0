import Authorization
import Foundation
import OperationsTesting
import Testing

@Suite("Lists of secrets")
struct ListingTests {
    private let secrets: SecretsDeployment

    init() throws { secrets = try SecretsDeployment() }

    private func names(_ members: [String: Any] = [:]) async throws -> [String] {
        var (found, token): ([String], String?) = ([], nil)
        repeat {
            var members = members
            members["NextToken"] = token
            let page = try await secrets.call("ListSecrets", members)
            found += try page.objects("SecretList").compactMap { $0["Name"] as? String }
            token = page["NextToken"] as? String
        } while token != nil
        return found
    }

    private func makeSecrets() async throws {
        for name in ["cherry", "apple", "banana", "date", "elder"] {
            try await secrets.makeSecret(name)
            secrets.clock.advance(days: 1)
        }
    }

    @Test(
        arguments: [
            (nil, nil, ["cherry", "apple", "banana", "date", "elder"]),
            ("created-date", "desc", ["elder", "date", "banana", "apple", "cherry"]),
            ("name", "asc", ["apple", "banana", "cherry", "date", "elder"]),
            ("name", "desc", ["elder", "date", "cherry", "banana", "apple"]),
            ("last-changed-date", "asc", ["apple", "banana", "date", "elder", "cherry"]),
            ("last-changed-date", "desc", ["cherry", "elder", "date", "banana", "apple"]),
            ("last-accessed-date", "desc", ["date", "elder", "cherry", "banana", "apple"]),
        ] as [(String?, String?, [String])]
    )
    func `are in the order asked for, whatever the length of a page`(
        _ key: String?,
        _ order: String?,
        _ expected: [String]
    ) async throws {
        try await makeSecrets()
        try await secrets.put("cherry", "new", 2)
        _ = try await secrets.value("date")
        for length in [1, 2, 5, 100] {
            var members: [String: Any] = ["MaxResults": length]
            members["SortBy"] = key
            members["SortOrder"] = order
            #expect(try await names(members) == expected, "\(length)")
        }
    }

    @Test func `have other accounts' secrets and other Regions' not in them`() async throws {
        try await makeSecrets()
        try await secrets.asking(in: "eu-west-1").makeSecret("abroad")
        try await secrets.asking(as: .root(account: SecretsDeployment.otherAccount)).makeSecret("theirs")
        #expect(try await names().count == 5)
    }

    @Test func `show what waits to be deleted only when asked`() async throws {
        try await makeSecrets()
        try await secrets.call("DeleteSecret", ["SecretId": "apple"])
        #expect(try await names() == ["cherry", "banana", "date", "elder"])
        #expect(try await names(["IncludePlannedDeletion": true]).contains("apple"))
    }

    @Test(
        arguments: [
            ("name", ["app"], ["app/one", "app/two"]), ("name", ["!app"], ["Web"]), ("name", ["web"], []),
            ("name", ["Web", "app/o"], ["app/one", "Web"]), ("description", ["THE first"], ["app/one"]),
            ("description", ["first"], []), ("tag-key", ["te"], ["app/one", "Web"]),
            ("tag-value", ["Blue"], []), ("tag-value", ["blue"], ["app/one"]),
            ("owning-service", ["rds"], []),
            ("primary-region", ["us"], ["Web"]), ("all", ["FIRST blue"], ["app/one"]),
            ("all", ["first red"], []),
        ] as [(String, [String], [String])]
    )
    func `pass filters`(_ key: String, _ values: [String], _ expected: [String]) async throws {
        try await secrets.makeSecret(
            "app/one",
            "one",
            ["Description": "The first of all", "Tags": [["Key": "team", "Value": "blue"]]]
        )
        try await secrets.makeSecret("app/two")
        let more: [String: Any] = [
            "Tags": [["Key": "team", "Value": "red"]], "AddReplicaRegions": [["Region": "eu-west-1"]],
        ]
        try await secrets.makeSecret("Web", "one", more)
        #expect(try await Set(names(["Filters": [["Key": key, "Values": values]]])) == Set(expected))
    }

    @Test func `refuse tokens of other lists, accounts and Regions`() async throws {
        try await makeSecrets()
        let page = try await secrets.call("ListSecrets", ["MaxResults": 2])
        let token = try page.text("NextToken")
        let invalid = "InvalidNextTokenException: The NextToken value is invalid."
        for (asked, members): (SecretsDeployment, [String: Any]) in [
            (secrets, ["SortBy": "name"]), (secrets.asking(in: "eu-west-1"), [:]),
            (secrets.asking(as: .root(account: SecretsDeployment.otherAccount)), [:]),
        ] {
            let all = members.merging(["NextToken": token]) { $1 }
            #expect(try await asked.failure("ListSecrets", all) == invalid)
        }
        #expect(try await secrets.failure("ListSecrets", ["NextToken": "%%%"]) == invalid)
    }

    @Test func `show days of last reads that were not written down yet, and after`() async throws {
        try await secrets.makeSecret("s")
        _ = try await secrets.value("s")
        let day = 1_800_000_000.0 - 1_800_000_000.0.truncatingRemainder(dividingBy: 86_400)
        let before = try await secrets.call("DescribeSecret", ["SecretId": "s"])
        #expect(before["LastAccessedDate"] as? Double == day)
        _ = try await secrets.runDueTasks()
        let records = try await secrets.records()
        let after = try await secrets.call("DescribeSecret", ["SecretId": "s"])
        #expect(after["LastAccessedDate"] as? Double == day)
        _ = try await secrets.value("s")
        _ = try await secrets.runDueTasks()
        #expect(try await secrets.records() == records)
    }
}
