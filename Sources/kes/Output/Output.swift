import Glibc

/// Standard output and standard error, written at once.
enum Output {
    /// Whether somebody reads the output rather than a program.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Prints a value: alone for a program, on a line for a reader.
    static func value(_ text: String) { print(isTerminal ? text + "\n" : text) }

    static func lines(_ lines: [String]) { print(lines.map { $0 + "\n" }.joined()) }

    /// Prints labels and values in two columns, without a line break at the end for programs.
    static func columns(_ rows: [(label: String, value: String)]) {
        let lines = rows.map { label, value in label.padded(to: 11) + " " + value }
        value(lines.joined(separator: "\n"))
    }

    static func print(_ text: String) { write(Array(text.utf8), to: STDOUT_FILENO) }

    static func print(bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

    /// Tells the operator something that is not what the command was asked for.
    static func note(_ text: String) { write(Array((text + "\n").utf8), to: STDERR_FILENO) }

    /// Asks for something, on standard error without a line break.
    static func ask(_ prompt: String) { write(Array(prompt.utf8), to: STDERR_FILENO) }

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

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
