import AWSProtocol
import Foundation
import SecretsManager
import Testing

@testable import Server

@Suite("Functions that rotate")
struct LambdaRotatorTests {
    private func registered(_ settings: [String: String]) throws -> RegisteredRotator {
        let arn = "arn:aws:lambda:us-east-1:111122223333:function:database"
        return RegisteredRotator(
            locator: try #require(RotatorLocator(arn: arn)),
            kind: LambdaRotator.kind,
            settings: settings,
            createdAt: Date(timeIntervalSince1970: 0)
        )
    }

    @Test(arguments: [
        "http://127.0.0.1:8080", "https://functions.example.com/", "http://[::1]:9000",
        "http://10.1.2.3/prefix",
    ])
    func `may be at`(_ endpoint: String) throws {
        _ = try LambdaRotator(registered(["endpoint": endpoint, "timeout-seconds": "900"]))
    }

    @Test(arguments: [
        "", "127.0.0.1:8080", "http://", "http://169.254.169.254", "http://[fd00:ec2::254]",
        "http://[::ffff:169.254.169.254]", "http://100.100.100.200", "http://0.0.0.0", "http://a@b",
        "http://host/#x", "http://host/?a=b", "file:///etc/passwd",
    ])
    func `may not be at`(_ endpoint: String) throws {
        let rotator = try registered(["endpoint": endpoint])
        #expect(throws: RotationFailure.self) { try LambdaRotator(rotator) }
    }

    @Test(arguments: [
        ("timeout-seconds", "0"), ("timeout-seconds", "901"), ("timeout-seconds", "soon"), ("colour", "red"),
    ])
    func `have no setting`(_ name: String, _ value: String) throws {
        let rotator = try registered(["endpoint": "http://127.0.0.1", name: value])
        let failure = #expect(throws: RotationFailure.self) { try LambdaRotator(rotator) }
        #expect(failure?.reason.contains(name) == true && failure?.isRetryable == false)
    }

    @Test(arguments: [
        ("", false), ("null", false), ("{}", false), (#""done""#, false), ("[1", false),
        (#"{"statusCode":200}"#, false), (#"{"message":"errorMessage"}"#, false),
    ])
    func `have done their work when they answer`(_ body: String, _ isError: Bool) {
        #expect(FunctionInvocation.outcome(of: Array(body.utf8), isError: isError) == .returned)
    }

    @Test(
        arguments: [
            (#"{"errorMessage":"hunter2"}"#, false, nil),
            (#"{"errorType":"ValueError"}"#, false, "ValueError"),
            (#"{"errorMessage":"a","errorType":"hunter2 is the password"}"#, false, nil), ("", true, nil),
            (#"{"errorType":"a.B:c-D_1"}"#, true, "a.B:c-D_1"), (#"{"errorType":"\n"}"#, true, nil),
        ] as [(String, Bool, String?)]
    )
    func `have failed when they say so`(_ body: String, _ isError: Bool, _ type: String?) {
        #expect(FunctionInvocation.outcome(of: Array(body.utf8), isError: isError) == .failed(type: type))
    }
}
