/// The first record of a segment: which one it is and which it follows.
struct SegmentHeader: Equatable {
    let trail: TrailID
    let name: SegmentName
    /// How many lanes the writer had that made the segment.
    let lanes: Int
    /// When it was made, in whole seconds as ISO 8601.
    let created: String
    /// The hash of the last record of the lane's segment before this, or zeros.
    let previous: ChainHash
}

// MARK: Wire

extension SegmentHeader {
    /// The version of the files' form; another form gets another number.
    static let formatVersion = 1

    var text: String {
        #"{"strongroomTrail":\#(Self.formatVersion),"trail":"\#(trail)","lane":\#(name.lane),"#
            + #""lanes":\#(lanes),"segment":\#(name.sequence),"created":"\#(created)","#
            + #""previous":"\#(previous)"}"#
    }

    /// Reads what ``text`` writes; nil for anything else.
    init?(_ text: String) {
        var reader = FieldReader(text)
        guard reader.skip(#"{"strongroomTrail":1,"trail":""#), let trail = reader.trail(upTo: "\""),
            reader.skip(#","lane":"#), let lane = reader.number(upTo: ","), lane <= SegmentName.laneMax,
            reader.skip(#""lanes":"#), let lanes = reader.number(upTo: ","), lanes <= SegmentName.laneMax + 1,
            reader.skip(#""segment":"#), let sequence = reader.number(upTo: ","),
            reader.skip(#""created":""#), let created = reader.text(upTo: "\""),
            reader.skip(#","previous":""#), let previous = reader.hash(upTo: "\""),
            reader.skip("}"), reader.isAtEnd
        else { return nil }
        self.init(
            trail: trail,
            name: SegmentName(lane: Int(lane), sequence: sequence),
            lanes: Int(lanes),
            created: created,
            previous: previous
        )
    }
}
