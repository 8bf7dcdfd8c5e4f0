/// Up to where a follower has handed out a trail's events; kept as text, it outlives the process.
package struct TrailPosition: Hashable, Sendable {
    /// Where a lane is to be read on.
    package struct Place: Hashable, Sendable {
        /// Counted from 1.
        package var segment: UInt64
        /// The byte of the segment at which the next line begins.
        package var offset: Int
        /// The number that the next record must have.
        package var record: UInt64

        static let beginning = Place(segment: 1, offset: 0, record: 0)
    }

    package let trail: TrailID
    /// By lane; a lane that is not here was not read yet.
    package internal(set) var places: [Int: Place]

    /// The place before the first event of a trail.
    package init(beginningOf trail: TrailID) {
        self.trail = trail
        places = [:]
    }
}

// MARK: Text

extension TrailPosition: CustomStringConvertible {
    /// A line that names the form, one for the trail, and a line a lane.
    package var description: String {
        places.sorted { $0.key < $1.key }.reduce(into: "strongroom trail position 1\ntrail \(trail)\n") {
            $0 +=
                "lane \($1.key) segment \($1.value.segment) offset \($1.value.offset) "
                + "record \($1.value.record)\n"
        } + "end\n"
    }

    /// Reads what ``description`` writes.
    ///
    /// - Throws: `TrailError.invalidPosition` for anything else.
    package init(_ text: String) throws(TrailError) {
        guard text.utf8.count <= 1 << 20, let position = Self(reading: text) else { throw .invalidPosition }
        self = position
    }

    private init?(reading text: String) {
        var reader = FieldReader(text)
        guard reader.skip("strongroom trail position 1\ntrail "), let trail = reader.trail(upTo: "\n") else {
            return nil
        }
        self.init(beginningOf: trail)
        while reader.skip("lane ") {
            guard let lane = reader.number(upTo: " "), lane <= SegmentName.laneMax,
                reader.skip("segment "), let segment = reader.number(upTo: " "), segment > 0, segment < .max,
                reader.skip("offset "), let offset = reader.number(upTo: " "), offset <= UInt32.max,
                reader.skip("record "), let record = reader.number(upTo: "\n"), record < .max,
                places[Int(lane)] == nil
            else { return nil }
            places[Int(lane)] = Place(segment: segment, offset: Int(offset), record: record)
        }
        // Without this line a text that was cut would pass for one of fewer lanes.
        guard reader.skip("end\n"), reader.isAtEnd else { return nil }
    }
}
