import Cryptography
import Glibc

/// The terminal that the process was started from, for asking without showing what is typed.
final class Terminal {
    private let descriptor: Int32

    /// Nil when the process has no terminal.
    init?() {
        descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Asks for one line, without echo.
    ///
    /// - Throws: `.denied` when whoever types gives up (Control-C, Control-D) or types too much.
    func secret(_ prompt: String) throws(SealError) -> SecretBytes {
        var saved = termios()
        guard tcgetattr(descriptor, &saved) == 0 else { throw .denied(reason: "the terminal cannot be used") }
        var quiet = saved
        // Without signals too: a Control-C would end the process and leave the terminal mute.
        quiet.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(descriptor, TCSAFLUSH, &quiet) == 0 else {
            throw .denied(reason: "the terminal's echo cannot be turned off")
        }
        defer {
            tcsetattr(descriptor, TCSAFLUSH, &saved)
            say("\n")
        }
        say(prompt)
        var line = TypedLine()
        while true {
            var byte: UInt8 = 0
            let got = read(descriptor, &byte, 1)
            if got < 0, errno == EINTR { continue }
            guard got == 1 else { throw .denied(reason: "the terminal went away") }
            switch line.type(byte) {
            case .more: continue
            case .cancelled: throw .denied(reason: "nothing was given")
            case .tooLong: throw .denied(reason: "more than \(SecretSource.bytesMax) bytes were typed")
            case .ended: return line.bytes.copy(count: line.count)
            }
        }
    }

    private func say(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// A line that is being typed, with the keys that a terminal in its usual mode would handle itself.
struct TypedLine: ~Copyable {
    enum Outcome {
        case more
        case ended
        case cancelled
        case tooLong
    }

    private(set) var bytes = SecretBytes(count: 0) { _ in }
    private(set) var count = 0

    /// Takes one byte.
    mutating func type(_ byte: UInt8) -> Outcome {
        switch byte {
        case 0x0A, 0x0D: return .ended
        case 0x03: return .cancelled
        case 0x04: return count == 0 ? .cancelled : .ended
        case 0x08, 0x7F: removeCharacter()
        case 0x15: count = 0
        default:
            guard count < SecretSource.bytesMax else { return .tooLong }
            append(byte)
        }
        return .more
    }

    private mutating func append(_ byte: UInt8) {
        let grown = bytes.withUnsafeBytes { old in
            SecretBytes(count: count + 1) { memory in
                memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: old[..<count]))
                memory[count] = byte
            }
        }
        bytes = grown
        count += 1
    }

    /// Removes the last character, which may have several bytes in UTF-8.
    private mutating func removeCharacter() {
        bytes.withUnsafeBytes { bytes in
            while count > 0 {
                count -= 1
                if bytes[count] & 0xC0 != 0x80 { return }
            }
        }
    }
}

extension SecretBytes {
    /// A second owner of the first bytes.
    borrowing func copy(count: Int) -> SecretBytes {
        withUnsafeBytes { SecretBytes(copying: $0[..<count]) }
    }
}
