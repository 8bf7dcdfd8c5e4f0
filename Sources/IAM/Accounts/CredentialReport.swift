import AWSProtocol
import Foundation
import Storage

/// The credentials of an account's users at one moment, as CSV.
///
/// Source: IAM User Guide, "Generate credential reports for your AWS account".
package struct CredentialReport: Hashable, Sendable, Codable {
    let content: String
    let generatedAt: Date

    /// For how long a report is shown, and no other is made.
    static let secondsMax = 4.0 * 3_600

    func isExpired(at now: Date) -> Bool { now.timeIntervalSince(generatedAt) > Self.secondsMax }

    static func recordKey(_ account: AccountID) -> RecordKey {
        RecordKey(.credentialReport, account.description)
    }
}

extension RecordKind {
    /// `account`: a `CredentialReport`.
    static let credentialReport = RecordKind("iam.credential-report")
}

extension IAMService {
    /// The credentials of an account as they are now.
    func credentialReport(of account: AccountID, at now: Date) async throws(IAMError) -> CredentialReport {
        var lines = [Self.columns.joined(separator: ",")]
        if let record = try await directory.read(Account.self, account.recordKey) {
            let root = ["<root_account>", record.rootARN, Timestamp.iso8601(record.createdAt)]
            let password = ["not_supported", "not_supported", "not_supported", "not_supported", "false"]
            lines.append(Self.line(root + password + (try await keyFields(of: .root(account)))))
        }
        let policy = try await directory.read(PasswordPolicy.self, PasswordPolicy.recordKey(account))
        for user in try await entities(of: User.self, in: account) {
            let profile = try await directory.loginProfile(of: user)?.value
            let changed = profile.map { Timestamp.iso8601($0.changedAt) } ?? "N/A"
            let next = profile.flatMap { profile in
                policy?.daysMax.map {
                    Timestamp.iso8601(profile.changedAt.addingTimeInterval(Double($0) * 86_400))
                }
            }
            let fields = [
                user.nameText, user.arn, Timestamp.iso8601(user.createdAt), profile == nil ? "false" : "true",
                profile == nil ? "N/A" : "no_information", changed, next ?? "N/A", "false",
            ]
            lines.append(Self.line(fields + (try await keyFields(of: .user(account, user.name)))))
        }
        return CredentialReport(content: lines.joined(separator: "\n"), generatedAt: now)
    }

    private static let columns = [
        "user", "arn", "user_creation_time", "password_enabled", "password_last_used",
        "password_last_changed", "password_next_rotation", "mfa_active", "access_key_1_active",
        "access_key_1_last_rotated", "access_key_1_last_used_date", "access_key_1_last_used_region",
        "access_key_1_last_used_service", "access_key_2_active", "access_key_2_last_rotated",
        "access_key_2_last_used_date", "access_key_2_last_used_region", "access_key_2_last_used_service",
        "cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated",
    ]

    private func keyFields(of owner: AccessKey.Owner) async throws(IAMError) -> [String] {
        var fields: [String] = []
        for key in try await accessKeys(of: owner).prefix(2) {
            let use = try await directory.read(AccessKeyUse.self, key.value.id.useRecordKey)
            fields += [
                key.value.status == .active ? "true" : "false", Timestamp.iso8601(key.value.createdAt),
                use.map { Timestamp.iso8601($0.date) } ?? "N/A", use?.region ?? "N/A", use?.service ?? "N/A",
            ]
        }
        while fields.count < 10 { fields += ["false", "N/A", "N/A", "N/A", "N/A"] }
        return fields + ["false", "N/A", "false", "N/A"]
    }

    /// A line of CSV; names may have commas (RFC 4180 section 2).
    private static func line(_ fields: [String]) -> String {
        fields.map { $0.contains(",") ? "\"\($0)\"" : $0 }.joined(separator: ",")
    }
}
