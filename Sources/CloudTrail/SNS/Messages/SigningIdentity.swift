import AWSProtocol
import Crypto
import Cryptography
import Foundation
import Storage

/// The deployment's key for the envelopes of messages, with the certificate that receivers fetch.
package struct SigningIdentity: Sendable {
    let signer: NotificationSigner
    /// PEM.
    package let certificate: [UInt8]
    /// The last part of SigningCertURL, made from the certificate.
    package let fileName: String

    init(signer: NotificationSigner, certificate: [UInt8]) {
        self.signer = signer
        self.certificate = certificate
        let digest = SHA256.hash(data: certificate)
        fileName = "SimpleNotificationService-\(Hex.encode(Array(digest.prefix(16)))).pem"
    }

    /// The stored form; the key is wrapped once more than the record is sealed.
    private struct Stored: Codable {
        let wrappedKey: Data
        let certificate: Data
    }

    private static let recordKey = RecordKey(.snsSigningKey, "current")
    private static let binding = Array("sns.signing-key".utf8)
    /// How long receivers may take a certificate for valid: it is replaced by hand long before.
    private static let validityDays = 3_650

    /// The identity that all nodes share; made by the first that needs it.
    static func load(
        from store: any RecordStore,
        keyring: RootKeyring,
        at now: Date
    ) async throws(SNSError) -> SigningIdentity {
        if let known = try await read(store, keyring) { return known }
        do throws(CryptographyError) {
            let signer = try NotificationSigner.generate()
            let certificate = try signer.certificate(
                commonName: "Strongroom SNS",
                validFrom: Int(now.timeIntervalSince1970) - 3_600,
                days: validityDays
            )
            let wrapped = try KeyWrap(keyring: keyring, purpose: .notificationSigning).seal(
                try signer.privateKeyInfo(),
                authenticating: binding
            )
            try await write(Stored(wrappedKey: Data(wrapped), certificate: Data(certificate)), to: store)
        } catch {
            throw .internalFailure
        }
        // Another node may have been first.
        guard let made = try await read(store, keyring) else { throw .internalFailure }
        return made
    }

    private static func write(_ stored: Stored, to store: any RecordStore) async throws(CryptographyError) {
        do throws(StorageError) {
            _ = try await store.commit([
                .put(recordKey, try RecordCoding.encode(stored), expecting: .absent)
            ])
        } catch {
            // A conflict means that another node made one; what else went wrong shows when it is read.
            return
        }
    }

    private static func read(
        _ store: any RecordStore,
        _ keyring: RootKeyring
    ) async throws(SNSError) -> SigningIdentity? {
        let stored: Stored?
        do throws(StorageError) {
            stored = try await store.read(recordKey).map { record throws(StorageError) in
                try RecordCoding.decode(Stored.self, from: record)
            }
        } catch {
            throw .storage(error)
        }
        guard let stored else { return nil }
        do throws(CryptographyError) {
            let key = try KeyWrap(keyring: keyring, purpose: .notificationSigning).open(
                [UInt8](stored.wrappedKey),
                authenticating: binding
            )
            return SigningIdentity(
                signer: try NotificationSigner(privateKeyInfo: key),
                certificate: [UInt8](stored.certificate)
            )
        } catch {
            throw .internalFailure
        }
    }
}
