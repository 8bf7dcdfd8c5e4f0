import Cryptography
import Glibc

/// Asks for passwords: on the terminal without showing them, else a line of standard input each.
enum Password {
    /// Asks twice, so that a slip of the finger does not lock anybody out.
    static func new() throws -> SecretBytes {
        let first = try ask("Enter password: ")
        guard first.count > 0 else { throw CommandFailure("the password is empty") }
        let second = try ask("Confirm password: ")
        guard first.isEqual(to: second) else { throw CommandFailure("the passwords do not match") }
        return first
    }

    static func ask(_ prompt: String) throws -> SecretBytes {
        Output.ask(prompt)
        var terminal = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &terminal) == 0
        if isTerminal {
            var silent = terminal
            silent.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        }
        defer {
            if isTerminal {
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal)
                Output.note("")
            }
        }
        return try line()
    }

    /// Byte by byte, so that the next line stays for who reads it.
    private static func line() throws -> SecretBytes {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(PasswordProtectedPEM.passwordBytesMax)
        defer { for index in bytes.indices { bytes[index] = 0 } }
        var byte: UInt8 = 0
        while read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            guard bytes.count < PasswordProtectedPEM.passwordBytesMax else {
                throw CommandFailure("the password is too long")
            }
            bytes.append(byte)
        }
        return SecretBytes(copying: bytes)
    }
}
