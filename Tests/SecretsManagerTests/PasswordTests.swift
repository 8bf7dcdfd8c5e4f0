import OperationsTesting
import Testing

@Suite("Random passwords")
struct PasswordTests {
    private let secrets: SecretsDeployment

    init() throws { secrets = try SecretsDeployment() }

    private func password(_ members: [String: Any] = [:]) async throws -> String {
        try await secrets.call("GetRandomPassword", members).text("RandomPassword")
    }

    @Test func `have 32 characters of every type and never come twice`() async throws {
        var seen: Set<String> = []
        for _ in 0..<50 {
            let text = try await password()
            #expect(text.count == 32)
            #expect(text.contains { $0.isLowercase } && text.contains { $0.isUppercase })
            #expect(text.contains { $0.isNumber } && text.contains { !$0.isLetter && !$0.isNumber })
            seen.insert(text)
        }
        #expect(seen.count == 50)
        #expect(seen.allSatisfy { text in (try? secrets.trail.text().contains(text)) == false })
    }

    @Test func `leave out what is excluded`() async throws {
        let digits: [String: Any] = [
            "ExcludePunctuation": true, "ExcludeUppercase": true, "ExcludeLowercase": true,
            "ExcludeCharacters": "0123456", "PasswordLength": 200,
        ]
        #expect(try await Set(password(digits)) == Set("789"))
        let spaced: [String: Any] = digits.merging(["IncludeSpace": true, "PasswordLength": 2]) { $1 }
        #expect(try await password(spaced).contains(" "))
    }

    @Test(arguments: [1, 3]) func `that cannot have every type are refused`(_ length: Int) async throws {
        let members: [String: Any] = ["PasswordLength": length]
        #expect(try await secrets.failure("GetRandomPassword", members).hasPrefix("InvalidParameter"))
        #expect(try await !password(members.merging(["RequireEachIncludedType": false]) { $1 }).isEmpty)
    }

    @Test func `of no characters are refused`() async throws {
        let nothing: [String: Any] = [
            "ExcludePunctuation": true, "ExcludeUppercase": true, "ExcludeLowercase": true,
            "ExcludeNumbers": true,
        ]
        #expect(try await secrets.failure("GetRandomPassword", nothing).hasPrefix("InvalidParameter"))
    }
}
