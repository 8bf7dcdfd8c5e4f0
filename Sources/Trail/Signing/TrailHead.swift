import struct Foundation.Date

/// The last record of every lane at one moment, signed: published elsewhere, it shows later losses.
///
/// A hash chain alone cannot show that its newest records were cut off; a head that left the machine can.
package struct TrailHead: Hashable, Sendable {
    /// Where a lane ended.
    package struct Position: Hashable, Sendable {
        package let lane: Int
        /// The segment the record lies in, counted from 1.
        package let segment: UInt64
        /// The record's number in the lane, counted from 0 over all segments.
        package let record: UInt64
        package let hash: ChainHash
    }

    package let trail: TrailID
    /// When the head was taken, in whole seconds as ISO 8601.
    package let time: String
    /// In the order of the lanes.
    package let lanes: [Position]
    package let signature: TrailSignature

    init(trail: TrailID, now: Date, lanes: [Position], signer: TrailSigner) throws(TrailError) {
        self.trail = trail
        time = EventTime.text(now)
        self.lanes = lanes
        signature = try signer.sign(Self.signedText(trail: trail, time: time, lanes: lanes))
    }

    /// Whether the holder of the key's private half made this head.
    package func isSigned(by key: TrailPublicKey) -> Bool {
        key.isValid(signature, for: Self.signedText(trail: trail, time: time, lanes: lanes))
    }

    private static func signedText(trail: TrailID, time: String, lanes: [Position]) -> String {
        lanes.reduce(into: "strongroom trail head 1\ntrail \(trail)\ntime \(time)\n") { text, lane in
            text += "lane \(lane.lane) segment \(lane.segment) record \(lane.record) \(lane.hash)\n"
        }
    }
}

// MARK: Wire

extension TrailHead: CustomStringConvertible {
    /// The text to publish: a line that names the form, the trail, the time, a line a lane, the signature.
    package var description: String {
        Self.signedText(trail: trail, time: time, lanes: lanes) + "signature \(signature)\n"
    }

    /// Reads what ``description`` writes; the signature is not verified.
    ///
    /// - Throws: `TrailError.invalidHead` for anything else.
    package init(_ text: String) throws(TrailError) {
        guard text.utf8.count <= 1 << 20, let head = Self(reading: text) else { throw .invalidHead }
        self = head
    }

    private init?(reading text: String) {
        var reader = FieldReader(text)
        guard reader.skip("strongroom trail head 1\ntrail "), let trail = reader.trail(upTo: "\n"),
            reader.skip("time "), let time = reader.text(upTo: "\n")
        else { return nil }
        var lanes: [Position] = []
        while reader.skip("lane ") {
            guard let lane = reader.number(upTo: " "), lane <= SegmentName.laneMax,
                lanes.last.map({ $0.lane < lane }) ?? true,
                reader.skip("segment "), let segment = reader.number(upTo: " "),
                reader.skip("record "), let record = reader.number(upTo: " "),
                let hash = reader.hash(upTo: "\n")
            else { return nil }
            lanes.append(Position(lane: Int(lane), segment: segment, record: record, hash: hash))
        }
        guard reader.skip("signature "), let signature = reader.signature(upTo: "\n"), reader.isAtEnd else {
            return nil
        }
        self.trail = trail
        self.time = time
        self.lanes = lanes
        self.signature = signature
    }
}
