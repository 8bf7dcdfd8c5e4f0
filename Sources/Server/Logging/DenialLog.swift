import Authorization
import Cryptography
import Foundation
import IAM
import Logging
import Operations
import Synchronization

/// Tells the operator why requests were denied, at a bounded rate: a flood of denials must not become a flood of
/// lines, and one caller's must not hide another's.
final class DenialLog: Sendable {
    /// Lines a second, of one caller and of all.
    static let perCallerMax = 5
    static let perSecondMax = 50
    /// Statements that a line tells of.
    private static let findingsMax = 12

    private struct Window {
        var second: Int64 = 0
        var lines = 0
        /// No more callers than lines.
        var linesOfCaller: [String: Int] = [:]
        var suppressed = 0
    }

    private let window = Mutex(Window())
    private let logger: Logger
    private let keyring: any KeyringSource

    /// The keyring seals the messages that DecodeAuthorizationMessage opens.
    init(_ logger: Logger, keyring: any KeyringSource) {
        self.logger = logger
        self.keyring = keyring
    }

    /// Writes the reasons of a denial, unless there were too many of late.
    func note(_ denial: Denial) {
        let call = denial.call
        let second = Int64(call.now.timeIntervalSince1970)
        guard let suppressed = admit(call.caller.uniqueID, at: second) else { return }
        let explanation = denial.explanation()
        var metadata: Logger.Metadata = [
            "request": "\(call.requestID)", "principal": "\(call.caller.arn)",
            "action": "\(denial.requirement.action)", "resource": "\(denial.requirement.resource.arn)",
            "reason": "\(explanation.decision)",
        ]
        let considered = explanation.considered
        if !considered.isEmpty {
            metadata["considered"] = .array(considered.prefix(Self.findingsMax).map { .string($0) })
        }
        do throws(CryptographyError) {
            let message = try AuthorizationMessage.encode(denial, explanation, keyring: keyring.current)
            metadata["encoded"] = "\(message)"
        } catch {
            metadata["encoded"] = "not to be had: \(error)"
        }
        if suppressed > 0 { metadata["untold"] = "\(suppressed)" }
        logger.notice("a request was denied", metadata: metadata)
    }

    /// How many denials were not told since the last that was; nil when this one is not either.
    private func admit(_ caller: String, at second: Int64) -> Int? {
        window.withLock { window in
            if second > window.second {
                window.second = second
                window.lines = 0
                window.linesOfCaller = [:]
            }
            let own = window.linesOfCaller[caller] ?? 0
            guard window.lines < Self.perSecondMax, own < Self.perCallerMax else {
                window.suppressed += 1
                return nil
            }
            window.lines += 1
            window.linesOfCaller[caller] = own + 1
            defer { window.suppressed = 0 }
            return window.suppressed
        }
    }
}

extension Explanation {
    /// What is said of the action by statements and grants, those that decided first.
    package var considered: [String] {
        let about = statements.filter(\.matchesAction)
        let ordered = about.filter(\.applies) + about.filter { !$0.applies }
        return ordered.map { "\($0.statement) \($0.outcome)" }
            + grants.map { "grant \($0.id) \($0.match == .none ? "does not allow it" : "allows it")" }
    }
}
