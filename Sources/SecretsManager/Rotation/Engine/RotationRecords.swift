import AWSProtocol
import Storage

import struct Foundation.Date

/// When something of a secret's rotation is to be done, as the engine finds it.
struct DueRotation: Hashable, Sendable {
    let date: Date
    let secret: SecretLocator

    init(date: Date, secret: SecretLocator) {
        self.date = date
        self.secret = secret
    }

    /// Sorts by date: milliseconds since 1970 in fifteen digits.
    var recordKey: RecordKey {
        RecordKey(.rotationDue, Digits.milliseconds(of: date) + "/\(secret.path)")
    }

    /// The rotation in the key of a record; nil for any other key.
    init?(_ record: RecordKey) {
        guard record.kind == .rotationDue else { return nil }
        let parts = record.key.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let milliseconds = Int64(parts[0]),
            let secret = SecretLocator(path: parts[1])
        else { return nil }
        self.init(date: Date(timeIntervalSince1970: Double(milliseconds) / 1000), secret: secret)
    }
}

extension SecretLocator {
    var rotationLeaseKey: RecordKey { RecordKey(.rotationLease, path) }
}

extension RotatorLocator {
    var recordKey: RecordKey { RecordKey(.rotator, path) }
}
