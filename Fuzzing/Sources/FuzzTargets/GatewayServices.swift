import AWSProtocol
import CloudTrail
import Cryptography
import IAM
import KMS
import Operations
import SecretsManager
import Server
import Storage
import Trail

/// All services of a deployment.
struct GatewayServices {
    let store: any RecordStore
    let keyring: RootKeyring
    let identities: IdentityDirectory
    let administration: IdentityAdministration
    let regions: [Region]
    let writer: TrailWriter
    let recorder: AuditRecorder

    var all: [AWSService: any ServedService] {
        let (kms, notifications) = (kms, notifications)
        let events = EventBridgeService(store: store, keyring: keyring, topics: notifications)
        return [
            .kms: served(kms, KMSOperations.table), .iam: served(iam, IAMOperations.table),
            .sts: served(sts, STSOperations.table), .sns: served(notifications, SNSOperations.table),
            .eventBridge: served(events, EventBridgeOperations.table),
            .cloudTrail: served(history, CloudTrailOperations.table),
            .secretsManager: served(secrets(kms), SecretsManagerOperations.table),
        ]
    }

    private func served<Service: OperationService>(
        _ service: Service,
        _ table: OperationTable<Service>
    ) -> any ServedService {
        TableService(table, frame: OperationFrame(service: service, recorder: recorder))
    }

    private var kms: KeyManagementService {
        KeyManagementService(store: store, keyring: keyring, principals: identities, regions: regions)
    }

    private func secrets(_ kms: KeyManagementService) -> SecretsManagerService {
        SecretsManagerService(
            store: store,
            keyring: keyring,
            principals: identities,
            kms: kms,
            recorder: recorder
        )
    }

    private var iam: IAMService {
        IAMService(store: store, keyring: keyring, directory: identities)
    }

    private var sts: SecurityTokenService {
        SecurityTokenService(
            directory: identities,
            keyring: keyring,
            webIdentities: WebIdentityVerifier(
                providers: identities,
                published: IssuerKeys(fetcher: IssuerDocuments()),
                administration: administration
            )
        )
    }

    private var notifications: NotificationService {
        NotificationService(
            store: store,
            keyring: keyring,
            principals: identities,
            endpoints: EndpointRules(allowsLoopback: false, sendsMail: true),
            observer: NotificationObserver()
        )
    }

    private var history: CloudTrailService {
        let index = certain { () throws(TrailError) in try TrailIndex(writer) }
        return CloudTrailService(index: index, keyring: keyring)
    }
}

/// The web server of the one identity provider that there is.
private struct IssuerDocuments: DocumentFetching {
    func allowsPlainHTTP(_ authority: String) -> Bool { false }

    func fetch(_ url: String, bytesMax: Int) async throws(FetchFailure) -> [UInt8] {
        guard let document = TokenIssuer.shared.documents[url] else { throw .status(404) }
        return Array(document.utf8)
    }
}
