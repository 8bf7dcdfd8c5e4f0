package import AWSProtocol
package import Operations
import Storage

/// Makes a report of the account's credentials, unless there is one of the last four hours.
///
/// The report is complete when the call answers.
/// Source: IAM API Reference, GenerateCredentialReport.
package enum GenerateCredentialReport: AccountOperation {
    package typealias Request = AccountID

    package static let name = "GenerateCredentialReport"
    package static let errors = ["LimitExceeded", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> EmptyOutput {
        let key = CredentialReport.recordKey(call.request)
        let now = call.call.now
        if let known = try await iam.directory.read(CredentialReport.self, key), !known.isExpired(at: now) {
            return EmptyOutput()
        }
        let report = try await iam.credentialReport(of: call.request, at: now)
        try await iam.commit([try iam.put(report, key, expecting: .any)])
        return EmptyOutput()
    }
}

// MARK: Wire

extension GenerateCredentialReport {
    package static let input: [Member] = []

    package static func request(from input: Input, for call: Call) throws(IAMError) -> AccountID {
        try call.account()
    }

    package static func encode(_ response: EmptyOutput, into output: inout OutputWriter) {
        output.string("State", "COMPLETE")
    }
}
