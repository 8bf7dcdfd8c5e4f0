import AWSProtocol
import Cryptography
import Foundation
import Storage

/// AWS managed keys: those of `alias/aws/…`, made when first used.
enum ManagedKeys {
    /// The services that have one; what ListAliases shows of a Region from the beginning.
    static let services = [
        "acm", "backup", "cloudtrail", "codecommit", "dynamodb", "ebs", "elasticfilesystem", "es", "glue",
        "kinesis", "kinesisvideo", "lambda", "rds", "redshift", "s3", "secretsmanager", "sns", "sqs", "ssm",
        "xray",
    ]

    /// The service of a predefined alias, or nil for any other alias.
    static func service(of alias: AliasName) -> String? {
        guard let service = alias.text.dropping(prefix: AliasName.reservedPrefix),
            services.contains(service)
        else { return nil }
        return service
    }

    /// The predefined aliases of an account in a Region.
    static func aliases() -> [AliasName] {
        services.compactMap { AliasName(AliasName.reservedPrefix + $0) }
    }
}

extension KeyManagementService {
    /// Makes the AWS managed key of a service with its alias; if another node was faster, finds that one's.
    func makeManagedKey(
        for service: String,
        alias: AliasLocator,
        at now: Date
    ) async throws(KMSError) -> KeyLocator {
        let locator = KeyLocator(alias.region, .generate(multiRegion: false, at: now))
        var key = Key(
            locator: locator,
            account: alias.account,
            createdAt: now,
            spec: .symmetricDefault,
            usage: .encryptDecrypt,
            origin: .awsKMS,
            manager: .aws,
            description: "Default key that protects my \(service) data when no other key is defined",
            policy: KeyPolicy(
                text: KeyPolicy.managed(for: alias.account, region: alias.region, service: service),
                principalIDs: [:]
            ),
            tags: [],
            multiRegion: nil
        )
        key.aliases = [alias.name]
        key.rotation = RotationSchedule(periodDays: RotationSchedule.periodDaysDefault, from: now)
        key.materials = [try generateSymmetricMaterial(for: key, at: now)]
        let value = try RecordCodec.encode(Alias(name: alias.name, target: locator, createdAt: now))
        do throws(KMSError) {
            try await commit([]) { [key] transaction throws(KMSError) in
                transaction.put(key)
                transaction.write(.put(alias.recordKey, value, expecting: .absent))
            }
        } catch {
            guard case .storage(.conflict) = error, let made = try await readAlias(alias) else { throw error }
            return made.alias.target
        }
        cache.drop(alias)
        return locator
    }
}
