import Crypto
import Foundation

/// What an index file says of itself, signed with the trail's key: of which segment it is, and the hashes of its
/// columns.
///
/// An index is made of its segment and can be made again at any time. It is believed only while the segment ends
/// in the digest it was made for.
struct SegmentIndex: Sendable {
    /// One column's hash and, where there are few, its different values in ascending order.
    struct ColumnSummary: Hashable, Sendable {
        let hash: String
        let values: [UInt32]?
    }

    let trail: TrailID
    let name: SegmentName
    let end: SegmentEnd
    let count: Int
    /// The times of the oldest and the newest event; 0 when there is none.
    let timeMin: UInt32
    let timeMax: UInt32
    let columns: [ColumnSummary]

    /// The most values by which a column is summed up.
    private static let valuesMax = 64

    init(_ columns: IndexColumns, of name: SegmentName, endingIn end: SegmentEnd, trail: TrailID) {
        self.trail = trail
        self.name = name
        self.end = end
        count = columns.count
        timeMin = columns[.time].first ?? 0
        timeMax = columns[.time].last ?? 0
        self.columns = IndexColumns.Column.allCases.map { column in
            ColumnSummary(
                hash: Self.hash(columns[column]),
                values: Self.isSummedUp(column) ? Self.values(of: columns[column]) : nil
            )
        }
    }

    /// Whether the segment can hold an event whose number in a column is this.
    func mayHold(_ value: UInt32, in column: IndexColumns.Column) -> Bool {
        guard let values = columns[column.rawValue].values else { return true }
        return values.contains(value)
    }

    static func hash(_ column: [UInt32]) -> String {
        column.withUnsafeBytes { bytes in
            SHA256.hash(data: bytes).withUnsafeBytes {
                String(decoding: LowercaseHex.encode($0), as: UTF8.self)
            }
        }
    }

    /// Columns whose values repeat; times, places in the file and flags say nothing in sum.
    private static func isSummedUp(_ column: IndexColumns.Column) -> Bool {
        switch column {
        case .time, .offset, .eventID, .secondResource, .flags: false
        case .place, .eventName, .eventSource, .username, .accessKeyID, .firstResource: true
        }
    }

    private static func values(of column: [UInt32]) -> [UInt32]? {
        var values: Set<UInt32> = []
        for value in column where values.insert(value).inserted {
            if values.count > valuesMax { return nil }
        }
        return values.sorted()
    }
}

/// The end of a sealed segment, by which an index knows it again.
struct SegmentEnd: Hashable, Sendable {
    let bytes: Int
    /// The digest's hash.
    let last: ChainHash
    /// Seconds since 1970 at which it was sealed.
    let sealed: UInt32
}

// MARK: Wire

extension SegmentIndex {
    /// Where the columns begin in a file.
    static let headerBytes = 8 << 10

    /// What is signed.
    var text: String {
        let lines = columns.map { column in
            let values = column.values.map { $0.map { String($0) }.joined(separator: ",") } ?? "-"
            return "column \(column.hash) values \(values)\n"
        }
        return "strongroom trail index 1\ntrail \(trail)\nlane \(name.lane) segment \(name.sequence) "
            + "bytes \(end.bytes) sealed \(end.sealed) last \(end.last)\nevents \(count) from \(timeMin) through "
            + "\(timeMax)\n" + lines.joined()
    }

    func text(signedWith signature: TrailSignature) -> String { text + "signature \(signature)\n" }

    /// Reads what ``text(signedWith:)`` writes; nil for anything else.
    static func read(_ text: String) -> (index: SegmentIndex, signature: TrailSignature)? {
        var reader = FieldReader(text)
        guard reader.skip("strongroom trail index 1\ntrail "), let trail = reader.trail(upTo: "\n"),
            reader.skip("lane "), let lane = reader.number(upTo: " "), lane <= SegmentName.laneMax,
            reader.skip("segment "), let sequence = reader.number(upTo: " "),
            reader.skip("bytes "), let bytes = reader.number(upTo: " "), bytes <= UInt32.max,
            reader.skip("sealed "), let sealed = reader.number(upTo: " "), sealed <= UInt32.max,
            reader.skip("last "), let last = reader.hash(upTo: "\n"),
            reader.skip("events "), let count = reader.number(upTo: " "), count <= UInt32.max,
            reader.skip("from "), let timeMin = reader.number(upTo: " "), timeMin <= UInt32.max,
            reader.skip("through "), let timeMax = reader.number(upTo: "\n"), timeMax <= UInt32.max
        else { return nil }
        var columns: [ColumnSummary] = []
        for _ in IndexColumns.Column.allCases {
            guard reader.skip("column "), let hash = reader.text(upTo: " "), reader.skip("values "),
                let values = reader.text(upTo: "\n")
            else { return nil }
            let numbers = values.split(separator: ",").map { UInt32($0) }
            columns.append(ColumnSummary(hash: hash, values: values == "-" ? nil : numbers.compactMap { $0 }))
        }
        guard reader.skip("signature "), let signature = reader.signature(upTo: "\n"), reader.isAtEnd else {
            return nil
        }
        let index = SegmentIndex(
            trail: trail,
            name: SegmentName(lane: Int(lane), sequence: sequence),
            end: SegmentEnd(bytes: Int(bytes), last: last, sealed: UInt32(sealed)),
            count: Int(count),
            timeMin: UInt32(timeMin),
            timeMax: UInt32(timeMax),
            columns: columns
        )
        return (index, signature)
    }

    private init(
        trail: TrailID,
        name: SegmentName,
        end: SegmentEnd,
        count: Int,
        timeMin: UInt32,
        timeMax: UInt32,
        columns: [ColumnSummary]
    ) {
        self.trail = trail
        self.name = name
        self.end = end
        self.count = count
        self.timeMin = timeMin
        self.timeMax = timeMax
        self.columns = columns
    }
}
