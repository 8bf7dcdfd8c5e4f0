/// The name of a segment file, as in `2-0000000017.log`: its lane and its place in the lane.
struct SegmentName: Hashable, Comparable {
    let lane: Int
    /// Counted from 1.
    let sequence: UInt64

    init(lane: Int, sequence: UInt64) {
        self.lane = lane
        self.sequence = sequence
    }

    /// Reads a name; nil unless it is exactly as ``description`` writes it.
    init?(_ text: String) {
        guard text.hasSuffix(".log"), text.utf8.count <= 40 else { return nil }
        let parts = text.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let lane = Int(parts[0]), let sequence = UInt64(parts[1]) else { return nil }
        self.init(lane: lane, sequence: sequence)
        guard lane >= 0, lane <= Self.laneMax, sequence > 0, sequence < .max, description == text else {
            return nil
        }
    }

    /// More lanes than any machine has event loops.
    static let laneMax = 4_095

    var next: SegmentName { SegmentName(lane: lane, sequence: sequence + 1) }

    static func < (left: SegmentName, right: SegmentName) -> Bool {
        (left.lane, left.sequence) < (right.lane, right.sequence)
    }
}

extension SegmentName: CustomStringConvertible {
    var description: String {
        let digits = String(sequence)
        return "\(lane)-" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + ".log"
    }
}
