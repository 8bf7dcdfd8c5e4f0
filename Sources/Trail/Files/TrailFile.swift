/// An open segment to append to; what the writer asks of the operating system, and where tests put faults.
protocol TrailFile: AnyObject, Sendable {
    var path: String { get }

    /// Appends with one system call and answers how many bytes were taken, which may be fewer than given.
    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) -> Int

    /// Drops what lies beyond `length` bytes.
    func truncate(to length: Int) throws(SystemFailure)

    /// Returns when the bytes written would survive a loss of power.
    func synchronize() throws(SystemFailure)

    /// Takes room on the disk for so many bytes beyond the end, which is at `offset`, without lengthening the
    /// file: writing there later finds the disk never full. Truncating gives the room back.
    ///
    /// A file system that cannot do it takes nothing, and nothing is thrown.
    func reserve(_ count: Int, at offset: Int) throws(SystemFailure)

    /// Starts to bring bytes to the disk without waiting; advice that may be ignored.
    func startWriteback(of count: Int, at offset: Int)
}

/// The directory operations of the writer.
protocol TrailFileSystem: Sendable {
    /// Makes a new segment, readable and writable by its owner alone; refuses when the name exists.
    func create(at path: String) throws(SystemFailure) -> any TrailFile

    /// Opens an existing segment to append to.
    func open(at path: String) throws(SystemFailure) -> any TrailFile

    /// Removes the name; a name that is not there is as good.
    func remove(at path: String) throws(SystemFailure)

    /// Gives the file at a path another name, at once and whole.
    func rename(_ path: String, to name: String) throws(SystemFailure)

    /// Makes the directory's entries survive a loss of power.
    func synchronizeDirectory(at path: String) throws(SystemFailure)
}
