import Crypto
import Foundation

@testable import Cryptography

/// Wrapped keys, sealed records, the keyring and its record: nothing opens that was not sealed.
enum KeyringTarget {
    static let target = FuzzTarget(name: "keyring", bytesMax: 1_024, run: run) {
        let digits = Data(repeating: 1, count: 32).base64EncodedString()
        let seal = "strongroom-seal-key-v1\n\(digits)\n"
        let stored = #"{"format":"strongroom-keyring-v1","seal":"file","wrapped":"AQ==","digest":"AQ=="}"#
        let seeds: [FuzzTarget.Seed] = [
            ("serialized", [0] + keyringBytes), ("envelope", [1] + envelope), ("record", [2] + record),
            ("damaged-keyring", [3, 1, 0, 9, 0]), ("damaged-envelope", [4, 1, 0, 3, 2]),
            ("damaged-record", [5, 1, 0, 1, 2]), ("seal-file", [6] + Array(seal.utf8)),
            ("keyring-record", [7] + Array(stored.utf8)),
        ]
        return seeds
    }

    /// Fresh in every process, like the keyring: what another one sealed must not open here.
    private static let key = SymmetricKey(size: .bits256)
    private static let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 1_795_000_000))
    private static let keyringBytes = keyring.serialized().withUnsafeBytes { Array($0) }
    private static let envelope = certain { () throws(SealError) in
        try SealEnvelope.wrap(keyring.serialized(), kind: "file", key: key)
    }
    private static let wrap = KeyWrap(keyring: keyring, purpose: .records)
    private static let name = Array("kind/key".utf8)
    private static let record = certain { () throws(CryptographyError) in
        try wrap.seal(record: Array("a record".utf8), authenticating: name)
    }

    static func run(_ input: [UInt8]) {
        var reader = FuzzInput(input)
        switch reader.byte() % 8 {
        case 0: serialized(reader.remainder())
        case 1: unwrap(reader.remainder())
        case 2: openRecord(reader.remainder())
        case 3: serialized(keyringBytes.damaged(by: &reader))
        case 4: unwrap(envelope.damaged(by: &reader))
        case 5: openRecord(record.damaged(by: &reader))
        case 6: sealFile(reader.remainder())
        default: keyringRecord(reader.remainder())
        }
    }

    private static func serialized(_ bytes: [UInt8]) {
        let secret = SecretBytes(copying: bytes)
        guard let read = accepted({ () throws(CryptographyError) in try RootKeyring(serialized: secret) })
        else {
            promise(bytes != keyringBytes, "the keyring's own bytes are refused")
            return
        }
        let again = read.serialized().withUnsafeBytes { Array($0) }
        promise(again == bytes, "a keyring is written as other bytes than it was read from")
    }

    private static func unwrap(_ bytes: [UInt8]) {
        let opened: [UInt8]?
        do throws(SealError) {
            opened = try SealEnvelope.unwrap(bytes, kind: "file", key: key).withUnsafeBytes { Array($0) }
        } catch {
            opened = nil
        }
        promise(opened == (bytes == envelope ? keyringBytes : nil), "a changed envelope opens")
    }

    private static func openRecord(_ bytes: [UInt8]) {
        let opened = accepted { () throws(CryptographyError) in
            try wrap.openRecord(bytes, authenticating: name)
        }
        promise((opened != nil) == (bytes == record), "a changed record opens, or an unchanged one does not")
        let other = accepted { () throws(CryptographyError) in
            try wrap.openRecord(bytes, authenticating: name + [0])
        }
        promise(other == nil, "a record opens under another name")
        _ = KeyWrap.rootVersion(of: bytes)
        do throws(CryptographyError) {
            _ = try wrap.open(bytes, authenticating: name).count
        } catch {
            promise(bytes != record, "a sealed secret does not open")
        }
    }

    // MARK: Files

    /// A directory in memory where there is one.
    private static let directory = Scratch.make("keyring")

    private static func sealFile(_ bytes: [UInt8]) {
        let path = directory + "/seal.key"
        Scratch.write(bytes, to: path)
        _ = accepted { () throws(SealError) in try FileSeal(keyFile: path) }
    }

    private static func keyringRecord(_ bytes: [UInt8]) {
        guard let read = accepted({ () throws(SealedKeyringError) in try SealedKeyring(encoded: bytes) })
        else { return }
        let again = accepted { () throws(SealedKeyringError) in
            try SealedKeyring(encoded: try read.encoded())
        }
        promise(again == read, "a sealed keyring is not read as it was written")
    }
}
