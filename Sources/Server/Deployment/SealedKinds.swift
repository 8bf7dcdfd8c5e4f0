import CloudTrail
import IAM
import KMS
import KeyStores
import SecretsManager
import Storage

/// The kinds of records whose values are sealed under the keyring: all but the keyring itself.
enum SealedKinds {
    static let all =
        KeyManagementService.recordKinds + IdentityDirectory.recordKinds + NotificationService.recordKinds
        + EventBridgeService.recordKinds + SecretsManagerService.recordKinds + SealedKeyStore.recordKinds
        + [StoreProbe.kind]
}
