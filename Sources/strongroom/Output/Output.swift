import Glibc

/// Standard output, and standard error, written at once, so that what was printed is there when the process is
/// killed.
enum Output {
    static func print(_ text: String, terminator: String = "\n") {
        print(bytes: Array((text + terminator).utf8))
    }

    /// Writes to standard error, for what must not mix with data on standard output.
    static func printError(_ text: String) { print(bytes: Array((text + "\n").utf8), to: STDERR_FILENO) }

    static func print(bytes: [UInt8], to descriptor: Int32 = STDOUT_FILENO) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while let base = rest.baseAddress, !rest.isEmpty {
                let written = write(descriptor, base, rest.count)
                if written < 0, errno == EINTR { continue }
                // Nobody reads any more, and there is nowhere to say so.
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }
}
