import AWSProtocol
package import Cryptography
import IAM
import Operations
import Storage
import Trail

package import struct Foundation.Date

/// The trail's word about changes of the keyring, for commands that no door sees.
///
/// A server that runs holds the trail of its data directory, so it alone can write there; then it tells its
/// log when it takes in the change.
package struct SealAudit: Sendable {
    /// What was done.
    package enum Act: String, Sendable {
        case rotateRootKey = "RotateRootKey"
        case resealRecords = "ResealRecords"
        case migrateSeal = "MigrateSeal"
    }

    private let writer: TrailWriter?
    private let account: String
    private let now: @Sendable () -> Date

    /// Takes the trail of a deployment if no server holds it.
    ///
    /// - Throws: `.trail` when there is a trail that cannot be written: then nothing is to be done.
    package init(
        _ deployment: SealedDeployment,
        keyring: RootKeyring,
        now: @escaping @Sendable () -> Date
    ) async throws(DeploymentError) {
        self.now = now
        let store = SealedStore(deployment.store, keyring: keyring)
        do throws(TrailError) {
            writer = try TrailWriter(
                directory: deployment.directory.trail,
                lanes: 1,
                signer: TrailSigner(key: keyring.lastingKey(for: .trailSigning)),
                now: now
            )
        } catch .directoryInUse {
            writer = nil
        } catch {
            throw .trail(error)
        }
        do throws(IAMError) {
            let administration = IdentityAdministration(store: store, keyring: keyring)
            account = try await administration.defaultAccount()?.description ?? ""
        } catch {
            throw .identities(error)
        }
    }

    /// Whether the act can be recorded here, and is not a server's to log.
    package var isRecording: Bool { writer != nil }

    /// Records an act that was done.
    package func record(_ act: Act, details: [(String, String)]) throws(DeploymentError) {
        guard let writer else { return }
        var event = AuditEvent(
            userIdentity: AuditIdentity.platform(accountID: account).rendered,
            eventTime: now(),
            eventSource: "strongroom",
            eventName: act.rawValue,
            awsRegion: "",
            sourceIPAddress: "command line",
            userAgent: "strongroom seal",
            requestID: EventUUID(RequestID.random()),
            eventID: EventUUID(EventID.random()),
            recipientAccountID: account
        )
        event.eventType = .serviceEvent
        event.serviceEventDetails = OutputWriter.auditFragment { output in
            for (name, value) in details { output.string(name, value) }
        }
        do throws(TrailError) {
            try writer.append([event.render()], lane: 0)
        } catch {
            throw .trail(error)
        }
    }

    /// Closes the trail.
    package func close() throws(DeploymentError) {
        do throws(TrailError) {
            try writer?.close()
        } catch {
            throw .trail(error)
        }
    }
}
