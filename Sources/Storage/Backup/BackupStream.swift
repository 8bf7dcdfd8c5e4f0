package import Cryptography

/// Where the bytes of a backup come from.
package protocol BackupSource {
    /// The next bytes, at least one and at most so many; none at the end.
    func read(atMost count: Int) throws(FileFailure) -> [UInt8]
}

/// Where the bytes of a backup go.
package protocol BackupSink {
    /// Takes the next bytes, all of them.
    func write(_ bytes: [UInt8]) throws(FileFailure)
}
