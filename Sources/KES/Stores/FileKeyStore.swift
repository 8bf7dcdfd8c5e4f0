package import Cryptography
import Dispatch
import Glibc

/// Keys as files of one folder, laid out as KES does: the file's name is the key's, its mode 0600.
///
/// A file appears whole and survives a power loss once `create` has returned. What else lies in the folder is
/// not listed and not touched.
package final class FileKeyStore: KeyStore {
    private let path: String
    /// File systems wait; that must not keep the threads that serve requests.
    private let queue = DispatchQueue(label: "strongroom.kes.files", attributes: .concurrent)

    /// Opens a folder, and makes it, with what leads to it, when there is none.
    package init(path: String) throws(FileFailure) {
        self.path = path
        try Self.makeFolder(path)
    }

    package var summary: String { "Filesystem: \(path)" }

    package func create(_ name: KeyName, _ value: SharedSecret) async throws(KeyStoreError) {
        let file = file(name)
        try await run { () throws(FileFailure) in
            let contents = value.withUnsafeBytes { bytes in
                SecretBytes(count: bytes.count) { $0.copyMemory(from: bytes) }
            }
            try DurableFile.create(at: file, contents: contents)
        }
    }

    package func value(_ name: KeyName) async throws(KeyStoreError) -> SharedSecret {
        let file = file(name)
        return try await run { () throws(FileFailure) in
            SharedSecret(
                try DurableFile.read(at: file, bytesMax: StoredKey.bytesMax, ownerOnly: false)
            )
        }
    }

    package func delete(_ name: KeyName) async throws(KeyStoreError) {
        let file = file(name)
        try await run { () throws(FileFailure) in try DurableFile.remove(at: file) }
    }

    package func list(
        prefix: String,
        continuing token: String?
    ) async throws(KeyStoreError) -> KeyStorePage {
        let path = path
        return try await run { () throws(FileFailure) in
            KeyStorePage(names: try Self.names(in: path, prefix: prefix))
        }
    }

    /// Looks at the folder; without it the store is as good as gone.
    package func latency() async throws(KeyStoreError) -> Duration {
        let path = path
        let start = ContinuousClock.now
        do throws(KeyStoreError) {
            try await run { () throws(FileFailure) in
                var status = stat()
                guard stat(path, &status) == 0 else {
                    throw .system(path: path, operation: "stat", code: errno)
                }
                guard status.st_mode & S_IFMT == S_IFDIR else {
                    throw .malformed(path: path, reason: "it is not a folder")
                }
            }
        } catch {
            throw .unreachable(reason: "\(error)")
        }
        return ContinuousClock.now - start
    }

    /// Names have neither slashes nor dots, so a key's file is always in the folder itself.
    private func file(_ name: KeyName) -> String { "\(path)/\(name.text)" }

    private func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(FileFailure) -> Value
    ) async throws(KeyStoreError) -> Value {
        let outcome: Result<Value, FileFailure> = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Result { () throws(FileFailure) in try work() })
            }
        }
        do throws(FileFailure) {
            return try outcome.get()
        } catch .missing {
            // Without its folder nothing can be said about a key, and "it does not exist" would be wrong.
            var status = stat()
            guard stat(path, &status) == 0 else { throw .unreachable(reason: "\(path) does not exist") }
            throw .missing
        } catch .exists {
            throw .exists
        } catch {
            throw .unavailable(reason: "\(error)")
        }
    }

    private static func names(in path: String, prefix: String) throws(FileFailure) -> [KeyName] {
        guard let stream = opendir(path) else {
            throw .system(path: path, operation: "opendir", code: errno)
        }
        defer { closedir(stream) }
        var names: [KeyName] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw .system(path: path, operation: "readdir", code: errno) }
                return names
            }
            let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !isFolder, name.hasPrefix(prefix), KESName.isValid(name) {
                names.append(KeyName(checked: name))
            }
        }
    }

    private static func makeFolder(_ path: String) throws(FileFailure) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw .system(path: path, operation: "mkdir", code: errno)
        }
        try makeFolder(String(path[..<slash]))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw .system(path: path, operation: "mkdir", code: errno)
        }
    }
}
