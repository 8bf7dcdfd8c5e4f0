import AWSProtocol
import SecretsManager
import Testing

@Suite("Values after a template")
struct TemplateTests {
    private func rotator(_ template: String, _ settings: [String: String] = [:]) throws -> TemplateRotator {
        try TemplateRotator(
            try #require(registered("template", settings.merging(["template": template]) { $1 }))
        )
    }

    @Test func `fill the places of a text`() async throws {
        let secret = FakeSecret("old")
        let template = "a={{password}};b={{ hex:16 }};c={{base64:6}};{{{{d}}"
        try await rotator(template, ["password-length": "12", "exclude-punctuation": "true"]).rotate(secret)
        let text = try #require(secret.text(.current))
        let pattern = /a=[A-Za-z0-9]{12};b=[0-9a-f]{32};c=[A-Za-z0-9+\/]{8};\{\{d\}\}/
        #expect(text.wholeMatch(of: pattern) != nil, "\(text)")
        #expect(secret.text(.previous) == "old")
    }

    @Test func `fill the texts of an object and keep its other members`() async throws {
        let secret = FakeSecret(#"{"user":"u","key":"old","n":1.0,"note":"{{password}}"}"#)
        let template = #"{"key":"k-{{password}}","list":["{{hex:1}}",2],"in":{"a":"{{password}}"}}"#
        try await rotator(template, ["exclude-characters": ""]).rotate(secret)
        let json = try JSON.parse(try #require(secret.text(.current)))
        #expect(json["user"]?.text == "u" && json["note"]?.text == "{{password}}")
        #expect(json["key"]?.text?.hasPrefix("k-") == true && json["key"]?.text?.count == 34)
        #expect(json["list"]?.elements?.first?.text?.count == 2 && json["in"]?["a"]?.text?.count == 32)
        guard case .number(let number) = json["n"] else { throw Missing() }
        #expect(number.text == "1.0")
    }

    private struct Missing: Error {}

    @Test func `make a first value too`() async throws {
        let secret = FakeSecret(nil)
        try await rotator(#"{"k":"{{password}}"}"#).rotate(secret)
        #expect(secret.member("k", of: .current)?.count == 32)
    }

    @Test func `stay the same when a step comes again`() async throws {
        let secret = FakeSecret("old")
        let rotator = try rotator("{{password}}")
        try await rotator.perform(.createSecret, of: secret, at: moment)
        let first = secret.text(.pending)
        try await rotator.rotate(secret)
        #expect(secret.text(.current) == first)
        try await rotator.perform(.finishSecret, of: secret, at: moment)
        #expect(secret.text(.current) == first && secret.text(.previous) == "old")
    }

    @Test func `are not made of a value that is no object`() async throws {
        let rotator = try rotator(#"{"k":"{{password}}"}"#)
        for value in ["text", "[]", "{", "3"] {
            let secret = FakeSecret(value)
            let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
            #expect(
                error?.isRetryable == false && secret.text(.pending) == nil && secret.text(.current) == value
            )
        }
        let other = FakeSecret("{}")
        other.set(.pending, to: "text")
        let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(other) }
        #expect(error?.isRetryable == false && other.text(.current) == "{}")
    }

    @Test func `are at most as long as a secret can be`() async throws {
        let secret = FakeSecret("old")
        let rotator = try rotator(String(repeating: "{{base64:4096}}", count: 12))
        let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
        #expect(error?.isRetryable == false && secret.text(.pending) == nil)
    }

    @Test(arguments: [
        "", "plain", "{{", "{{password", "{{}}", "{{ }}", "{{passwords}}", "{{hex}}", "{{hex:0}}",
        "{{hex:4097}}",
        "{{hex:-1}}", "{{hex:x}}", "{{hex:1:2}}", "{{base64:}}", "{{uuid:1}}", "{}", #"{"a":"b"}"#,
        #"{"a":"{{password}}""#, #"{"a":"{{nothing}}"}"#, #"{"{{password}}":"a"}"#, "{{{{password}}",
    ])
    func `of these are refused`(_ template: String) async throws {
        #expect(throws: RotationFailure.self) { try rotator(template) }
    }

    @Test func `read garbage without harm`() async {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "{{", "}}", "password", "hex:", "9", ":", "{", "}", "\"", "a", "é", " ", "base64:3", "\\",
        ]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0...12, using: &generator))
                .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let secret = FakeSecret("{}")
            let error = await failure { () async throws(RotationFailure) in
                guard let registration = registered("template", ["template": text]) else { return }
                try await TemplateRotator(registration).rotate(secret)
            }
            #expect((error == nil) == (secret.text(.previous) == "{}"), "\(text)")
        }
    }

    @Test(arguments: [
        ["password-length": "0"], ["password-length": "4097"], ["password-length": "x"],
        ["exclude-numbers": "yes"],
        ["unknown": "1"], ["hosts": "a"],
        [
            "exclude-lowercase": "true", "exclude-uppercase": "true", "exclude-numbers": "true",
            "exclude-punctuation": "true",
        ],
        ["password-length": "2"],
    ])
    func `with these settings are refused`(_ settings: [String: String]) async throws {
        let error = await failure { () async throws(RotationFailure) in
            guard let all = registered("template", settings.merging(["template": "{{password}}"]) { $1 })
            else {
                return
            }
            _ = try TemplateRotator(all)
        }
        #expect(error?.isRetryable == false)
    }

    @Test func `need a template`() throws {
        let without = try #require(registered("template"))
        #expect(throws: RotationFailure.self) { try TemplateRotator(without) }
    }
}
