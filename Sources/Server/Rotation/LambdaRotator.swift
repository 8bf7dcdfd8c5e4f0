import AWSProtocol
import CloudTrail
import SecretsManager

import struct Foundation.Date

/// A function behind an address that speaks Lambda's invoke API, such as that of a runtime emulator.
///
/// The function gets the event that AWS sends, and reads and writes the secret with credentials of its own. Its error
/// messages are not told on: nobody knows what a function writes there. Source: AWS Lambda API Reference, Invoke.
struct LambdaRotator: Rotator {
    static let kind = "lambda"

    /// The settings of the kind.
    enum Setting: String, CaseIterable {
        case endpoint
        case timeout = "timeout-seconds"
        case authorities = "ca-file"
    }

    private static let path = "/2015-03-31/functions/function/invocations"
    private static let timeoutSecondsDefault = 60
    /// As long as Lambda lets a function run.
    private static let timeoutSeconds = 1...900

    private let invocation: FunctionInvocation

    /// - Throws: `.permanent` for settings that are unknown or wrong.
    init(_ registered: RegisteredRotator) throws(RotationFailure) {
        let known = Set(Setting.allCases.map(\.rawValue))
        if let unknown = registered.settings.keys.filter({ !known.contains($0) }).sorted().first {
            throw .permanent("A rotator of the kind \(Self.kind) has no setting \(unknown).")
        }
        func setting(_ name: Setting) -> String? { registered.settings[name.rawValue] }
        var base = setting(.endpoint) ?? ""
        while base.hasSuffix("/") { base.removeLast() }
        guard !base.contains("?"), let url = EndpointURL(base + Self.path) else {
            throw .permanent("The setting endpoint is not an address such as http://host:8080.")
        }
        if url.isNumeric, let reason = FunctionInvocation.rules.refusal(ofAddress: url.host) {
            throw .permanent("The setting endpoint cannot be called: \(reason).")
        }
        var timeout = Self.timeoutSecondsDefault
        if let text = setting(.timeout) {
            guard let seconds = Int(text), Self.timeoutSeconds.contains(seconds) else {
                throw .permanent("The setting timeout-seconds is not a number from 1 to 900.")
            }
            timeout = seconds
        }
        invocation = FunctionInvocation(
            url: url,
            timeoutSeconds: Int64(timeout),
            authorityFile: setting(.authorities)
        )
    }

    func perform(
        _ step: RotationStep,
        of secret: any RotatingSecret,
        at now: Date
    ) async throws(RotationFailure) {
        var event = JSONWriter()
        event.beginObject()
        for (name, value) in [
            ("Step", step.rawValue), ("SecretId", secret.arn), ("ClientRequestToken", secret.token),
            ("RotationToken", secret.rotationToken),
        ] {
            event.name(name)
            event.string(value)
        }
        event.endObject()
        switch await invocation.answer(to: event.bytes) {
        case .returned: return
        case .failed(let type):
            let kind = type.map { " (\($0))" } ?? ""
            throw .temporary("The function failed\(kind); its own log tells why.")
        case .unreachable(let reason): throw .temporary("The function cannot be invoked: \(reason).")
        }
    }
}
