import Glibc

/// The directory that holds all of a deployment's data, and where in it each thing lies.
package struct DataDirectory: Hashable, Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    package var sealKeyFile: String { path + "/seal.key" }
    package var storeFile: String { path + "/strongroom.sqlite" }
    /// Where an earlier release kept the sealed keyring, which is a record of the store now.
    var keyringFile: String { path + "/keyring" }
    package var credentialsFile: String { path + "/credentials" }
    package var trail: String { path + "/trail" }

    package var exists: Bool { Self.isThere(path) }
    package var hasStore: Bool { Self.isThere(storeFile) }

    var isDirectory: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes the directory, for its owner alone, with the directories above it, unless it is there.
    func make() throws(DeploymentError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        var reached = path.hasPrefix("/") ? "" : "."
        for part in parts {
            reached += "/" + part
            guard mkdir(reached, 0o700) != 0, errno != EEXIST else { continue }
            throw .file("\(reached) cannot be made: \(String(cString: strerror(errno)))")
        }
        guard isDirectory else {
            throw .file("\(path) is not a directory.")
        }
    }
}
