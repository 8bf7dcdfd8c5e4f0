/// A file made ahead for a lane's next segment, with room on the disk for what was promised to callers.
///
/// It is not part of the trail while it has this name, so that a lane can find out whether the next segment has
/// room before it seals the one it has.
struct SpareSegment {
    static let suffix = ".next"
    /// More than any header or digest has.
    static let lineBytesMax = 2 << 10

    private let path: String
    private let segment: OpenSegment

    /// Makes the file; nothing of it is left when it throws, or what is left is removed by the next attempt.
    init(
        for name: SegmentName,
        room: Int,
        in directory: TrailDirectory,
        of files: any TrailFileSystem
    ) throws(SystemFailure) {
        path = directory.path(of: name) + Self.suffix
        try files.remove(at: path)
        var fresh = OpenSegment(name: name, file: try files.create(at: path), length: 0)
        do throws(SystemFailure) {
            try fresh.reserve(room + Self.lineBytesMax)
        } catch {
            try files.remove(at: path)
            throw error
        }
        segment = fresh
    }

    /// Writes the header and gives the file its name as a segment.
    func begin(
        with header: [UInt8],
        in directory: TrailDirectory,
        of files: any TrailFileSystem
    ) throws(SystemFailure) -> OpenSegment {
        var begun = segment
        try begun.write(header, synchronizing: true)
        try files.rename(path, to: directory.path(of: begun.name))
        try files.synchronizeDirectory(at: directory.path)
        return begun
    }
}
