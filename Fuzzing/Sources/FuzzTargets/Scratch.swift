import Glibc

/// Directories and files for targets that read files, where `STRONGROOM_FUZZ_SCRATCH` says.
///
/// A process that is ended by a broken promise cannot tidy up: scripts/fuzz.py does, and chooses a place in memory.
enum Scratch {
    /// Makes an empty directory of this process alone.
    static func make(_ purpose: String) -> String {
        let base = getenv("STRONGROOM_FUZZ_SCRATCH").map { String(cString: $0) } ?? "/tmp"
        let path = "\(base)/strongroom-fuzz-\(getpid())-\(purpose)"
        let made = mkdir(path, 0o700)
        guard made == 0 || errno == EEXIST else { broken("\(path) cannot be made") }
        empty(path)
        return path
    }

    /// Removes the files of a directory.
    static func empty(_ directory: String) {
        guard let stream = opendir(directory) else { broken("\(directory) cannot be read") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
            )
        }
        for name in names where name != "." && name != ".." { unlink("\(directory)/\(name)") }
    }

    static func write(_ bytes: [UInt8], to path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { broken("\(path) cannot be written") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { broken("\(path) cannot be written") }
            rest = rest.dropFirst(count)
        }
    }
}

extension Scratch {
    static func read(_ path: String, from offset: Int = 0) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { broken("\(path) cannot be read") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(descriptor, &block, block.count, off_t(offset + bytes.count))
            guard count >= 0 else { broken("\(path) cannot be read") }
            if count == 0 { return bytes }
            bytes += block.prefix(count)
        }
    }
}
