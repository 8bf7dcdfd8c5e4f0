/// The lines of one segment, in one order or the other.
protocol SegmentLines: AnyObject {
    /// The next line without its newline; nil when there is no further whole line.
    func nextLine() throws(TrailError) -> [UInt8]?
}
