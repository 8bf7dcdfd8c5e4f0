import Cryptography
import Storage

/// The keyring file of an earlier release, which becomes the record that takes its place.
struct EarlierKeyring {
    private let path: String

    init(_ directory: DataDirectory) { path = directory.keyringFile }

    /// Makes the record of the file, then removes the file; an interruption in between is made good by the
    /// next call.
    ///
    /// - Returns: What the operator should know: a file that is not the record's is left where it is.
    func adopt(into record: KeyringRecord) async throws(DeploymentError) -> String? {
        guard let sealed = try read() else { return nil }
        let kept: SealedKeyring
        do throws(KeyringError) {
            kept = try await keep(sealed, in: record)
        } catch {
            throw .keyring(error)
        }
        guard kept == sealed else {
            return "\(path) is not used: the keyring is the record \(KeyringRecord.key), and another one"
        }
        do throws(FileFailure) {
            try DurableFile.remove(at: path)
        } catch .missing {
            // Another process did the same at the same time.
        } catch {
            throw .file("\(error)")
        }
        return "the keyring of \(path) is the record \(KeyringRecord.key) of the store now"
    }

    private func read() throws(DeploymentError) -> SealedKeyring? {
        let bytes: [UInt8]
        do throws(FileFailure) {
            let read = try DurableFile.read(at: path, bytesMax: SealedKeyring.bytesMax, ownerOnly: false)
            bytes = read.withUnsafeBytes { Array($0) }
        } catch .missing {
            return nil
        } catch {
            throw .file("\(error)")
        }
        do throws(SealedKeyringError) {
            return try SealedKeyring(encoded: bytes)
        } catch {
            throw .file("The keyring file \(path) cannot be taken over: \(error)")
        }
    }

    private func keep(
        _ sealed: SealedKeyring,
        in record: KeyringRecord
    ) async throws(KeyringError) -> SealedKeyring {
        if let stored = try await record.read() { return stored.sealed }
        do throws(KeyringError) {
            try await record.create(sealed)
            return sealed
        } catch .superseded {
            return try await record.read()?.sealed ?? sealed
        }
    }
}
