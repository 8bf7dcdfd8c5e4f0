import KES
import Testing

@Suite("Identity")
struct IdentityTests {
    @Test(arguments: [
        (
            "kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw",
            "0426fa9a04bc2756b92fbe8a97e1a1e07b53ecf04ed33da22c33e5c9faeb8cbb"
        ),
        (
            "kes:v1:AGaV6VXHasF0FnaB60WdCOeTZ8eTIDikL4zlN16c8NAs",
            "ea9826089311fe44d7590408ede9150f7c637b6cab0a91ee6fe1aa5d9fb366f6"
        ),
        (
            "kes:v1:AD9E7FSYWrMD+VjhI6q545cYT9YOyFxZb7UnjEepYDRc",
            "3ecfcdf38fcbe141ae26a1030f81e96b753365a46760ae6b578698a97c59fd22"
        ),
    ])
    func `of an API key is that of KES`(_ text: String, _ identity: String) throws {
        let key = try #require(APIKey(text))
        #expect(key.identity.text == identity)
        #expect(key.exposingSecret { $0 } == text)
        #expect("\(key)" == "<redacted>")
    }

    @Test func `of a fresh API key is read back`() throws {
        let key = APIKey()
        let read = try #require(key.exposingSecret { APIKey($0) })
        #expect(read.identity == key.identity)
        #expect(Identity(key.identity.text) == key.identity)
        #expect(APIKey().identity != key.identity)
    }

    @Test(arguments: [
        "", "kes:v1:", "kes:v2:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw",
        "kes:v1:ASQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw", "kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp",
        "kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFV",
        "KES:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw",
        "kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVwAAAA", "kes:v1:****",
    ]) func `has no API key in other texts`(_ text: String) { #expect(APIKey(text) == nil) }

    @Test(arguments: [
        "", "disabled", "_", String(repeating: "0", count: 63), String(repeating: "g", count: 64),
    ])
    func `is 64 hexadecimal digits`(_ text: String) { #expect(Identity(text) == nil) }

    @Test func `is read in either case and written in lower`() throws {
        let text = String(repeating: "AB", count: 32)
        #expect(try #require(Identity(text)).text == text.lowercased())
    }
}

@Suite("Names of keys")
struct KeyNameTests {
    @Test(arguments: [
        "a", "Z", "0", "my-key", "my_key", "_a", "a_", "__", "a-b-c", String(repeating: "x", count: 80),
    ]) func `are taken`(_ text: String) throws { #expect(try KeyName(text).text == text) }

    @Test(arguments: [
        "", "-", "-a", "a-", "_", "my.key", "my key", "my/key", "..", "a\\b", "a*", "é", "a\n", "a\0", "a~b",
        String(repeating: "x", count: 81), "%2e", "ａ",
    ]) func `are refused with KES's text`(_ text: String) {
        let error = KESError.invalidName(.key, text)
        #expect(throws: error) { _ = try KeyName(text) }
        #expect(error.status == 400)
        #expect(error.message == "key name '\(text)' is empty, too long or contains invalid characters")
    }

    @Test(
        arguments: [
            ("", "", nil), ("*", "", nil), ("my", "my", nil), ("my*", "my", nil), ("my-", "my-", nil),
            ("-", "-", nil), ("my~my-1", "my", "my-1"), ("~z", "", "z"),
        ] as [(String, String, String?)]
    )
    func `are listed by patterns`(_ text: String, _ prefix: String, _ start: String?) throws {
        let pattern = try ListPattern(text)
        #expect(pattern.prefix == prefix && pattern.startingAt == start)
    }

    @Test(arguments: [
        "**", "*a", "a*b", "a.b", "a/b", "my~", "my~*", "my~a~b", "my*~a", String(repeating: "x", count: 81),
    ]) func `are not listed by other patterns`(_ text: String) {
        let error = KESError.invalidPattern(text)
        #expect(throws: error) { _ = try ListPattern(text) }
        #expect(error.message == "listing pattern '\(text)' is empty, too long or is invalid")
    }
}
