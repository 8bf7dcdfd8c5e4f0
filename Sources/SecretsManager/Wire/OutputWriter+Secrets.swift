import AWSProtocol
import Operations

extension OutputWriter {
    /// The ARN and name that most answers begin with.
    mutating func secret(_ secret: Secret) {
        string("ARN", secret.arn)
        string("Name", secret.locator.name.description)
    }

    /// The same of a secret that has its ARN at hand.
    mutating func secret(_ snapshot: SecretSnapshot) {
        string("ARN", snapshot.arn)
        string("Name", snapshot.secret.locator.name.description)
    }

    /// What DescribeSecret and ListSecrets both show.
    mutating func metadata(of secret: Secret, versionsAs versions: String) {
        self.secret(secret)
        string("Description", secret.description)
        string("KmsKeyId", secret.kmsKeyID)
        if let rotation = secret.rotation { self.rotation(rotation) }
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

    /// How a secret is rotated; dates only while rotation is turned on.
    private mutating func rotation(_ rotation: Rotation) {
        flag("RotationEnabled", rotation.isEnabled)
        string("RotationLambdaARN", rotation.rotator)
        if let rules = rotation.rules {
            object("RotationRules") { output in
                output.integer("AutomaticallyAfterDays", rotation.days)
                output.string("Duration", rules.duration)
                output.string("ScheduleExpression", rules.expression)
            }
        }
        guard rotation.isEnabled else { return }
        timestamp("LastRotatedDate", rotation.lastRotatedAt)
        timestamp("NextRotationDate", rotation.window?.lastMoment)
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
