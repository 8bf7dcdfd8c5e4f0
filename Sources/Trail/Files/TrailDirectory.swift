import Glibc

/// The directory of a trail: which segments it holds and where its key lies.
struct TrailDirectory {
    let path: String

    var publicKeyPath: String { path + "/public-key" }

    func path(of name: SegmentName) -> String { path + "/" + name.description }

    /// Makes the directory, for its owner alone, if it is not there.
    func make() throws(TrailError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw .unavailable(SystemFailure(.create, path, code: errno))
    }

    /// The segments by lane, each lane's in order.
    ///
    /// - Throws: `TrailError.tampered` for a file that ends in `.log` and is no segment.
    func segments() throws(TrailError) -> [Int: [SegmentName]] {
        var lanes: [Int: [SegmentName]] = [:]
        for name in try entries() where name.hasSuffix(".log") {
            guard let segment = SegmentName(name) else {
                throw .tampered(TrailDamage(file: name, kind: .unknownFile))
            }
            lanes[segment.lane, default: []].append(segment)
        }
        return lanes.mapValues { $0.sorted() }
    }

    /// Removes files that an earlier writer made ahead and did not begin.
    func removeSpares(_ files: any TrailFileSystem) throws(TrailError) {
        for name in try entries() where name.hasSuffix(SpareSegment.suffix) {
            do throws(SystemFailure) {
                try files.remove(at: path + "/" + name)
            } catch {
                throw .unavailable(error)
            }
        }
    }

    private func entries() throws(TrailError) -> [String] {
        guard let stream = opendir(path) else {
            throw .unavailable(SystemFailure(.list, path, code: errno))
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
            )
            errno = 0
        }
        guard errno == 0 else { throw .unavailable(SystemFailure(.list, path, code: errno)) }
        return names
    }

    /// The text of a small file, or nil when it is absent.
    func text(at path: String, bytesMax: Int = 4_096) throws(TrailError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw .unavailable(SystemFailure(.open, path, code: errno)) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        let count = read(descriptor, &bytes, bytesMax)
        guard count >= 0 else { throw .unavailable(SystemFailure(.read, path, code: errno)) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Writes a small file so that it is there whole or not at all.
    func replace(_ path: String, with text: String) throws(TrailError) {
        let fresh = path + ".new"
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw .unavailable(SystemFailure(.create, fresh, code: errno)) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        let written = write(descriptor, bytes, bytes.count)
        guard written == bytes.count else {
            throw .unavailable(SystemFailure(.write, fresh, code: written < 0 ? errno : ENOSPC))
        }
        guard fsync(descriptor) == 0 else {
            throw .unavailable(SystemFailure(.synchronize, fresh, code: errno))
        }
        guard rename(fresh, path) == 0 else { throw .unavailable(SystemFailure(.rename, path, code: errno)) }
    }
}
