import Glibc

/// Standard output and standard error, written at once, so that what was printed is there when the process is killed.
enum Output {
    /// Whether somebody reads standard output on a screen.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static func print(_ text: String, terminator: String = "\n") {
        print(bytes: Array((text + terminator).utf8))
    }

    /// Tells the operator something that is not what the command was asked for.
    static func note(_ text: String) {
        write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }

    static func print(bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while let base = rest.baseAddress, !rest.isEmpty {
                let written = Glibc.write(descriptor, base, rest.count)
                if written < 0, errno == EINTR { continue }
                // Nobody reads any more, and there is nowhere to say so.
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }
}
