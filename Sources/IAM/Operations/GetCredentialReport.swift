package import AWSProtocol
package import Operations

/// Shows the latest report of the account's credentials.
///
/// Source: IAM API Reference, GetCredentialReport.
package enum GetCredentialReport: AccountOperation {
    package typealias Request = AccountID

    package static let name = "GetCredentialReport"
    package static let errors = ["ReportNotPresent", "ReportExpired", "ReportInProgress", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> CredentialReport {
        let key = CredentialReport.recordKey(call.request)
        guard let report = try await iam.directory.read(CredentialReport.self, key) else {
            throw .noCredentialReport
        }
        guard !report.isExpired(at: call.call.now) else { throw .credentialReportExpired }
        return report
    }
}

// MARK: Wire

extension GetCredentialReport {
    package static let input: [Member] = []

    package static func request(from input: Input, for call: Call) throws(IAMError) -> AccountID {
        try call.account()
    }

    package static func encode(_ response: CredentialReport, into output: inout OutputWriter) {
        output.blob("Content", Array(response.content.utf8))
        output.string("ReportFormat", "text/csv")
        output.timestamp("GeneratedTime", response.generatedAt)
    }
}
