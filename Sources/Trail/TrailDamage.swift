/// Where a trail stops being what its writer wrote.
package struct TrailDamage: Error, Equatable {
    /// What is wrong there.
    package enum Kind: Equatable, Sendable {
        /// The line is not `kind number hash json`, or its header or digest is not of the known form.
        case malformedLine
        /// No newline within the longest line a writer makes.
        case lineTooLong
        /// The newline that ends the record was replaced.
        case newlineReplaced
        /// The record's number is not the one that follows: a record was dropped, moved or repeated.
        case outOfOrder(found: UInt64)
        /// The record's text, or one before it, was changed.
        case hashMismatch
        /// A header or a digest stands where it must not, or an event before the header.
        case misplacedLine
        /// The header names another lane, segment, trail or predecessor than its file.
        case headerMismatch
        /// The digest does not say what the segment holds.
        case digestMismatch
        /// The digest was not signed by the trail's key.
        case badSignature
        /// Something follows the digest.
        case afterDigest
        /// The segment has a successor and yet no digest.
        case unsealed
        /// The file is absent though a later one is there.
        case missingSegment
        /// The lane has no file though others say that it must have.
        case missingLane
        /// The name ends in `.log` and is not that of a segment.
        case unknownFile
        /// The trail ends before the record that a published head names.
        case truncated
        /// The record is not the one that a published head names.
        case headMismatch
        /// The segment belongs to another trail than the published head or its neighbours.
        case otherTrail
    }

    /// The file's name within the trail's directory.
    package let file: String
    /// The line in the file, counted from 1; 0 when the file as a whole is meant.
    package let line: Int
    /// The number the record there must have in its lane, where it is known.
    package let record: UInt64?
    package let kind: Kind

    package init(file: String, line: Int = 0, record: UInt64? = nil, kind: Kind) {
        self.file = file
        self.line = line
        self.record = record
        self.kind = kind
    }
}

extension TrailDamage: CustomStringConvertible {
    package var description: String {
        var place = file
        if line > 0 { place += " line \(line)" }
        if let record { place += " record \(record)" }
        return "\(place): \(kind.sentence)"
    }
}

extension TrailDamage.Kind {
    fileprivate var sentence: String {
        switch self {
        case .malformedLine: "the line is malformed"
        case .lineTooLong: "the line is longer than any record"
        case .newlineReplaced: "the end of the line was replaced"
        case .outOfOrder(let found): "record \(found) stands here; one was dropped, moved or repeated"
        case .hashMismatch: "the record or one before it was changed"
        case .misplacedLine: "a line of this kind does not belong here"
        case .headerMismatch: "the header belongs to another file"
        case .digestMismatch: "the digest is not of this segment"
        case .badSignature: "the signature of the digest is false"
        case .afterDigest: "something follows the digest"
        case .unsealed: "the digest is missing though the trail goes on"
        case .missingSegment: "the file is missing"
        case .missingLane: "every file of the lane is missing"
        case .unknownFile: "not the name of a segment"
        case .truncated: "the trail ends before the published head"
        case .headMismatch: "the record is not that of the published head"
        case .otherTrail: "the file belongs to another trail"
        }
    }
}
