import Glibc

/// Standard output, written at once, so that what was printed is there when the process is killed.
enum Output {
    static func print(_ text: String, terminator: String = "\n") {
        print(bytes: Array((text + terminator).utf8))
    }

    static func print(bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while let base = rest.baseAddress, !rest.isEmpty {
                let written = write(STDOUT_FILENO, base, rest.count)
                if written < 0, errno == EINTR { continue }
                // Nobody reads any more, and there is nowhere to say so.
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }
}
