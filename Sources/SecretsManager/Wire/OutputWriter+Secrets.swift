import AWSProtocol
import Operations

extension OutputWriter {
    /// The ARN and name that most answers begin with.
    mutating func secret(_ secret: Secret) {
        string("ARN", secret.arn)
        string("Name", secret.locator.name.description)
    }

    /// What DescribeSecret and ListSecrets both show.
    mutating func metadata(of secret: Secret, versionsAs versions: String) {
        self.secret(secret)
        string("Description", secret.description)
        string("KmsKeyId", secret.kmsKeyID)
        timestamp("LastChangedDate", secret.changedAt)
        timestamp("LastAccessedDate", secret.accessedOn)
        timestamp("DeletedDate", secret.deletion?.date)
        if !secret.tags.isEmpty {
            objects("Tags", secret.tags) { output, tag in
                output.string("Key", tag.key)
                output.string("Value", tag.value)
            }
        }
        let labelled = secret.versions.filter { !$0.isDeprecated }
        if !labelled.isEmpty {
            object(versions) { output in
                for version in labelled { output.strings(version.id, version.stages) }
            }
        }
        timestamp("CreatedDate", secret.createdAt)
        string("PrimaryRegion", secret.primaryRegion?.description)
    }

    /// The value of a version, which audit events never show.
    mutating func value(_ value: SecretValue) {
        value.exposingSecret { bytes in
            switch value.kind {
            case .string: secret("SecretString", String(decoding: bytes, as: UTF8.self))
            case .binary: blob("SecretBinary", bytes)
            }
        }
    }
}
