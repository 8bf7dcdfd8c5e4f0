package import Cryptography

/// Why a backup was not written or not read; never carries a value.
package enum BackupError: Error, Equatable {
    case file(FileFailure)
    case store(StorageError)
    /// What is there does not begin like a backup.
    case notABackup
    /// A later version of Strongroom wrote it.
    case newerFormat(UInt32)
    case damaged(BackupDamage)
    case unwritable(Unwritable)

    /// What a store gave that no backup can hold.
    package enum Unwritable: Hashable, Sendable {
        case header
        /// A kind, key or value above its limit.
        case tooLarge(RecordKey)
        /// The store gave it behind a record that follows it, or twice.
        case unordered(RecordKey)
    }
}

/// Where a backup is not what was written, and how that shows.
package struct BackupDamage: Error, Hashable, Sendable {
    /// Where the section that does not fit begins, in bytes from the beginning of the file.
    package let offset: Int64
    /// How many whole records stand before it.
    package let records: Int
    package let kind: Kind

    package enum Kind: Hashable, Sendable {
        case cutOff
        /// The section does not have the digest that is written behind it, or does not follow the one before.
        case otherDigest
        case bodyTooLong(Int)
        case unknownSection(UInt8)
        /// A section where the form has another one.
        case misplacedSection
        case malformedHeader
        /// The number counts the record among all of the file, from 1.
        case malformedRecord(Int)
        case unorderedRecord(Int)
        /// The trailer tells another number of records.
        case otherCount(told: UInt64)
        /// The trailer tells another digest of the records.
        case otherContents
        case trailingBytes
    }
}

extension BackupError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let failure): failure.description
        case .store(let error): error.description
        case .notABackup: "it is not a backup of Strongroom"
        case .newerFormat(let version):
            "it has the format \(version) of a newer version of Strongroom; this one reads "
                + "\(BackupFormat.version)"
        case .damaged(let damage): damage.description
        case .unwritable(.header): "the header is too large for a backup"
        case .unwritable(.tooLarge(let key)): "the record \(key) is too large for a backup"
        case .unwritable(.unordered(let key)): "the store gave the record \(key) out of order"
        }
    }
}

extension BackupDamage: CustomStringConvertible {
    package var description: String {
        "it is damaged at byte \(offset), after \(records) whole records: \(kind)"
    }
}

extension BackupDamage.Kind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cutOff: "it ends here, before its trailer"
        case .otherDigest: "the section does not have its digest"
        case .bodyTooLong(let bytes): "a section of \(bytes) bytes is longer than any"
        case .unknownSection(let kind): "there is no section of kind \(kind)"
        case .misplacedSection: "the section does not belong here"
        case .malformedHeader: "the header cannot be read"
        case .malformedRecord(let number): "record \(number) cannot be read"
        case .unorderedRecord(let number): "record \(number) does not follow the one before it"
        case .otherCount(let told): "the trailer tells of \(told) records"
        case .otherContents: "the records do not have the digest of the trailer"
        case .trailingBytes: "there are bytes behind the trailer"
        }
    }
}
