import Authorization
import KMS
import Operations
import Storage
import Synchronization

import struct Foundation.Date

/// An immutable picture of a secret, ready for use: metadata, compiled policy.
package final class SecretSnapshot: Sendable {
    package let secret: Secret
    /// The version of the secret's record.
    let version: Int64
    let arn: String
    /// The secret with its policy, as the decision engine sees it.
    let protected: ProtectedResource
    let isDeleted: Bool
    /// The version that is asked for most, apart from the secret, of which a copy would retain each of its many parts.
    private let currentVersion: SecretVersion?
    /// The record of that version's value.
    private let currentValue: (version: String, key: RecordKey)?
    /// The last day on which the tracker was told of a read of that value, in seconds since 1970.
    private let lastDayRead = Atomic<Int64>(.min)

    init(secret: Secret, version: Int64) throws(SecretsManagerError) {
        self.secret = secret
        self.version = version
        arn = secret.arn
        isDeleted = secret.deletion != nil
        currentVersion = secret.version(labelled: Stage.current)
        currentValue = currentVersion.map { ($0.id, secret.valueKey(of: $0.id)) }
        protected = ProtectedResource(
            arn: arn,
            account: secret.locator.account,
            type: SecretLocator.resourceType,
            policy: try secret.policy?.compiled()
        )
    }
}

extension SecretSnapshot {
    /// Whether a read of a version has to be noted: that of the value asked for most is noted once a day.
    func isFirstRead(of version: String, on day: Date) -> Bool {
        guard let currentValue, currentValue.version == version else { return true }
        let day = Int64(day.timeIntervalSince1970)
        return lastDayRead.exchange(day, ordering: .relaxed) != day
    }

    /// The version that a request means.
    ///
    /// - Throws: As ``Secret/version(_:)`` does.
    func version(_ selector: VersionSelector) throws(SecretsManagerError) -> SecretVersion {
        if let currentVersion, case .stage(Stage.current) = selector { return currentVersion }
        return try secret.version(selector)
    }

    /// The record of the value of a version.
    func valueKey(of version: String) -> RecordKey {
        if let currentValue, currentValue.version == version { return currentValue.key }
        return secret.valueKey(of: version)
    }
}

/// A secret as a request named it.
package final class ResolvedSecret: Sendable {
    /// As the caller wrote the `SecretId`.
    let text: String
    private let found: SecretSnapshot?
    /// The resource that permissions are asked for.
    let protected: ProtectedResource
    /// The value that was asked for, still sealed; nil where none was, or where the secret has no such version.
    let value: SealedValue?
    /// The key that opens it; nil where there is no such key.
    let key: ResolvedKey?

    init(_ snapshot: SecretSnapshot, text: String, value: SealedValue? = nil, key: ResolvedKey? = nil) {
        self.text = text
        found = snapshot
        protected = snapshot.protected
        self.value = value
        self.key = key
    }

    init(absent id: SecretID) {
        text = id.text
        found = nil
        protected = id.absentResource
        value = nil
        key = nil
    }

    /// Nil only where a request asked whether there is one.
    var present: SecretSnapshot? { found }

    /// The snapshot, for operations whose reference must exist.
    var snapshot: SecretSnapshot {
        guard let found else { preconditionFailure("only a reference of presence may have no secret") }
        return found
    }

    var secret: Secret { snapshot.secret }
    var arn: String { protected.arn }
}
