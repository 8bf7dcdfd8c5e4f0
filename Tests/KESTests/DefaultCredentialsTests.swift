import AWSProtocol
import Foundation
import KES
import KESTesting
import Synchronization
import Testing

/// Answers by method and path, and remembers what it was asked.
final class ScriptedExchange: HTTPExchange {
    private let answers: [String: HTTPAnswer]
    private let calls = Mutex<[HTTPCall]>([])

    init(_ answers: [String: (Int, String)]) {
        self.answers = answers.mapValues { HTTPAnswer(status: $0.0, body: Array($0.1.utf8)) }
    }

    var received: [HTTPCall] { calls.withLock { $0 } }

    func answer(to call: HTTPCall) async throws(KeyStoreError) -> HTTPAnswer {
        calls.withLock { $0.append(call) }
        guard let answer = answers["\(call.method) \(call.url)"] else {
            throw .unreachable(reason: "nobody at \(call.url)")
        }
        return answer
    }
}

@Suite("DefaultCredentials")
struct DefaultCredentialsTests {
    private let document =
        #"{"AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","#
        + #""Expiration":"2023-11-14T23:00:00Z"}"#
    private let machine = "http://169.254.169.254"

    private func source(_ environment: [String: String], _ http: ScriptedExchange) -> DefaultCredentials {
        DefaultCredentials(environment: environment, http: http) {
            Date(timeIntervalSince1970: 1_700_000_000)
        }
    }

    private func reason(_ source: DefaultCredentials) async -> String {
        await KeyStoreSuite.failure { () throws(KeyStoreError) in try await source.credentials() }
            .map { "\($0)" } ?? ""
    }

    @Test func `come from the environment first`() async throws {
        let http = ScriptedExchange([:])
        let environment = [
            "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/",
        ]
        let found = try await source(environment, http).credentials()
        #expect(found.accessKeyID == "AKID" && found.sessionToken != nil)
        #expect(http.received.isEmpty)
    }

    @Test func `come from the container, with its token`() async throws {
        let http = ScriptedExchange(["GET http://169.254.170.2/v2/x": (200, document)])
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "tok",
        ]
        let source = source(environment, http)
        #expect(try await source.credentials().accessKeyID == "ASIA1")
        #expect(http.received.first?.headers.first { $0.name == "Authorization" }?.value == "tok")
        // They are good for another 47 minutes, so nobody is asked again.
        _ = try await source.credentials()
        #expect(http.received.count == 1)
    }

    @Test func `come from the machine, with a token of its own`() async throws {
        let roles = "/latest/meta-data/iam/security-credentials/"
        let http = ScriptedExchange([
            "PUT \(machine)/latest/api/token": (200, "the-token"),
            "GET \(machine)\(roles)": (200, "my-role\n"),
            "GET \(machine)\(roles)my-role": (200, document),
        ])
        #expect(try await source([:], http).credentials().accessKeyID == "ASIA1")
        #expect(http.received.count == 3)
        #expect(http.received.last?.headers.first?.value == "the-token")
    }

    @Test func `are asked for again when they are about to end`() async throws {
        let ending = document.replacing("23:00:00", with: "22:15:00")
        let http = ScriptedExchange(["GET http://169.254.170.2/v2/x": (200, ending)])
        let source = source(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"], http)
        _ = try await source.credentials()
        _ = try await source.credentials()
        #expect(http.received.count == 2)
    }

    @Test func `are missed with a sentence`() async throws {
        #expect(await reason(source([:], ScriptedExchange([:]))).contains("there are no credentials"))
        let disabled = source(["AWS_EC2_METADATA_DISABLED": "true"], ScriptedExchange([:]))
        #expect(await reason(disabled).contains("IMDS is disabled"))
        let environment = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"]
        for (status, body) in [(403, ""), (200, "garbage"), (200, "{}"), (200, #"{"AccessKeyId":"a"}"#)] {
            let http = ScriptedExchange(["GET http://169.254.170.2/v2/x": (status, body)])
            #expect(await reason(source(environment, http)).contains("credentials"))
        }
        let noRole = ScriptedExchange([
            "PUT \(machine)/latest/api/token": (200, "t"),
            "GET \(machine)/latest/meta-data/iam/security-credentials/": (200, "../../other\n"),
        ])
        #expect(await reason(source([:], noRole)).contains("has no role"))
    }
}
