import Glibc

/// The SQLite file as it lies there before SQLite opens it.
///
/// SQLite takes a file that ends within a page for one whose last page goes on with zeros, and loses what was
/// there without a word. Only a crash while the log was folded into the file leaves such a page, and then the log
/// still has it.
struct DatabaseFile {
    private let path: String

    init(at path: String) {
        self.path = path
    }

    /// Refuses a file that was cut off within a page.
    ///
    /// - Throws: `.corrupted` naming the file.
    func check() throws(StorageError) {
        var log = stat()
        guard stat(path + "-wal", &log) != 0 || log.st_size <= Self.logHeaderBytes else { return }
        var file = stat()
        guard stat(path, &file) == 0, let pageSize = try pageSize(), Int(file.st_size) % pageSize != 0 else {
            return
        }
        throw .corrupted(
            .file(
                path: path,
                reason: "it was cut off at \(file.st_size) bytes, within a page; restore a backup"
            )
        )
    }

    /// As the header says (SQLite, "Database File Format", section 1.3.2); nil for what is no database.
    private func pageSize() throws(StorageError) -> Int? {
        guard let header = try ReadOnlyFile(path)?.read(18), header.count == 18 else { return nil }
        let size = Int(header[16]) << 8 | Int(header[17])
        return size == 1 ? 65_536 : size >= 512 ? size : nil
    }

    /// A log without any page (the same, section 4.1).
    private static let logHeaderBytes = 32
}
