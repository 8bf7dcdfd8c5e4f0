/// The last record of a segment: what it holds, signed.
struct SegmentDigest: Equatable {
    let trail: TrailID
    let name: SegmentName
    /// The events between header and digest.
    let events: UInt64
    /// The header's hash.
    let first: ChainHash
    /// The hash of the record before the digest.
    let last: ChainHash
    /// The hash of the digest of the segment before this, or zeros.
    let previous: ChainHash
    /// When it was sealed, in whole seconds as ISO 8601.
    let sealed: String
    /// Set when a later start sealed what a writer had left open.
    let recovered: Bool
    /// The bytes of an unfinished record that recovery dropped.
    let tornBytes: Int

    /// What is signed: the text up to the signature.
    var signedText: String {
        #"{"trailDigest":1,"trail":"\#(trail)","lane":\#(name.lane),"segment":\#(name.sequence),"#
            + #""events":\#(events),"first":"\#(first)","last":"\#(last)","previousDigest":"\#(previous)","#
            + #""sealed":"\#(sealed)","recovered":\#(recovered ? 1 : 0),"tornBytes":\#(tornBytes)"#
    }
}

// MARK: Wire

extension SegmentDigest {
    func text(signedWith signature: TrailSignature) -> String {
        signedText + #","signature":"\#(signature)"}"#
    }

    /// Reads what ``text(signedWith:)`` writes; nil for anything else.
    static func read(_ text: String) -> (digest: SegmentDigest, signature: TrailSignature)? {
        var reader = FieldReader(text)
        guard reader.skip(#"{"trailDigest":1,"trail":""#), let trail = reader.trail(upTo: "\""),
            reader.skip(#","lane":"#), let lane = reader.number(upTo: ","), lane <= SegmentName.laneMax,
            reader.skip(#""segment":"#), let sequence = reader.number(upTo: ","),
            reader.skip(#""events":"#), let events = reader.number(upTo: ","),
            reader.skip(#""first":""#), let first = reader.hash(upTo: "\""),
            reader.skip(#","last":""#), let last = reader.hash(upTo: "\""),
            reader.skip(#","previousDigest":""#), let previous = reader.hash(upTo: "\""),
            reader.skip(#","sealed":""#), let sealed = reader.text(upTo: "\""),
            reader.skip(#","recovered":"#), let recovered = reader.number(upTo: ","), recovered <= 1,
            reader.skip(#""tornBytes":"#), let tornBytes = reader.number(upTo: ","), tornBytes <= UInt32.max,
            reader.skip(#""signature":""#), let signature = reader.signature(upTo: "\""),
            reader.skip("}"), reader.isAtEnd
        else { return nil }
        let digest = SegmentDigest(
            trail: trail,
            name: SegmentName(lane: Int(lane), sequence: sequence),
            events: events,
            first: first,
            last: last,
            previous: previous,
            sealed: sealed,
            recovered: recovered == 1,
            tornBytes: Int(tornBytes)
        )
        return (digest, signature)
    }
}
