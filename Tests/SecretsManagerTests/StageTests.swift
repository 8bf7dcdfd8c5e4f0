import AWSProtocol
import Foundation
import Testing

@testable import SecretsManager

@Suite("Staging labels")
struct StageTests {
    private static let made = Date(timeIntervalSince1970: 1_800_000_000)

    private func secret(_ count: Int) throws -> Secret {
        var secret = Secret(
            locator: SecretLocator(
                try #require(AccountID(SecretsDeployment.account)),
                try #require(Region("us-east-1")),
                try #require(SecretName("s"))
            ),
            suffix: .random(),
            createdAt: Self.made
        )
        for number in 0..<count {
            try secret.add(version(number), labelled: ["AWSCURRENT"])
        }
        return secret
    }

    private func version(_ number: Int) -> SecretVersion {
        SecretVersion(id: "v\(number)", createdAt: Self.made + Double(number), kmsKeyID: nil)
    }

    @Test func `move with each new version, and AWSPREVIOUS follows`() throws {
        let secret = try secret(3)
        #expect(secret.versions.map(\.stages) == [[], ["AWSPREVIOUS"], ["AWSCURRENT"]])
    }

    @Test func `make the first version the current one whatever it is called`() throws {
        var secret = try secret(0)
        try secret.add(version(0), labelled: ["AWSPENDING"])
        try secret.add(version(1), labelled: ["mine"])
        #expect(secret.versions.map(\.stages) == [["AWSPENDING", "AWSCURRENT"], ["mine"]])
    }

    @Test func `change places when the previous version becomes current again`() throws {
        var secret = try secret(2)
        try secret.relabel("AWSCURRENT", from: "v1", to: "v0")
        #expect(secret.versions.map(\.stages) == [["AWSCURRENT"], ["AWSPREVIOUS"]])
    }

    @Test func `lie on one version each, whatever is moved`() throws {
        var generator = SystemRandomNumberGenerator()
        var secret = try secret(6)
        for _ in 0..<500 {
            let stage = ["AWSCURRENT", "AWSPENDING", "a", "b"].randomElement(using: &generator) ?? "a"
            let holder = secret.version(labelled: stage)?.id
            let target = "v\(Int.random(in: 0..<6, using: &generator))"
            try secret.relabel(stage, from: holder, to: target)
            #expect(secret.version(labelled: stage)?.id == target)
            let all = secret.versions.flatMap(\.stages)
            #expect(Set(all).count == all.count)
            #expect(all.contains("AWSCURRENT"))
        }
    }

    @Test func `are at most twenty on a version`() throws {
        var secret = try secret(1)
        for number in 0..<19 { try secret.move("l\(number)", to: "v0") }
        #expect(throws: SecretsManagerError.self) { try secret.move("more", to: "v0") }
    }

    @Test func `that are gone let the oldest versions go, but none of the last day`() throws {
        var secret = try secret(130)
        try secret.collectVersions(at: Self.made + 3600)
        #expect(secret.versions.count == 130)
        try secret.collectVersions(at: Self.made + 86_400 + 20)
        #expect(secret.versions.map(\.id) == (21..<130).map { "v\($0)" })
        try secret.collectVersions(at: Self.made + 200_000)
        #expect(secret.versions.count == 100)
        #expect(secret.version(labelled: "AWSPREVIOUS")?.id == "v128")
    }

    @Test func `keep a version however old it is`() throws {
        var secret = try secret(1)
        try secret.move("keep", to: "v0")
        for number in 1..<150 { try secret.add(version(number), labelled: ["AWSCURRENT"]) }
        try secret.collectVersions(at: Self.made + 1_000_000)
        #expect(secret.versions.count == 100)
        #expect(secret.version("v0")?.stages == ["keep"])
    }

    @Test func `of too many young versions are refused`() throws {
        var secret = try secret(Secret.versionsMax)
        try secret.collectVersions(at: Self.made + 3600)
        try secret.add(version(Secret.versionsMax), labelled: ["AWSCURRENT"])
        #expect(throws: SecretsManagerError.self) { try secret.collectVersions(at: Self.made + 3600) }
    }
}
