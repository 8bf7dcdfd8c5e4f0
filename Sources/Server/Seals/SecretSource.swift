import Cryptography
import Glibc

/// Where a passphrase or a PIN is had from: a file descriptor, a variable, or somebody at the terminal; never
/// the command line, which every user of the machine can read.
package struct SecretSource: Hashable, Sendable {
    /// The option that names a descriptor, for messages.
    package let option: String
    package let descriptor: Int32?
    /// The variable of the process, which is taken out of the environment at once.
    package let variable: String
    /// What somebody at the terminal is asked for.
    package let prompt: String

    package init(option: String, descriptor: Int32?, variable: String, prompt: String) {
        self.option = option
        self.descriptor = descriptor
        self.variable = variable
        self.prompt = prompt
    }

    static let bytesMax = 1024

    /// Reads the secret: from the descriptor if there is one, else the variable, else the terminal, twice if
    /// it is to be `confirmed`.
    ///
    /// - Throws: `.denied` with the operator's sentence when there is none, or it is empty or too long.
    func read(confirmed: Bool, environment: EnvironmentSecrets = .ofProcess) throws(SealError) -> SharedSecret
    {
        if let descriptor { return try Self.read(descriptor, option: option) }
        if let secret = environment[variable] {
            guard secret.count > 0 else { throw .denied(reason: "the variable \(variable) is empty") }
            return secret
        }
        guard let terminal = Terminal() else {
            throw .denied(
                reason: "there is no terminal to ask for the \(prompt.lowercased()): "
                    + "give --\(option) or \(variable)"
            )
        }
        let secret = SharedSecret(try terminal.secret("\(prompt): "))
        guard secret.count > 0 else { throw .denied(reason: "nothing was typed") }
        if confirmed, !secret.isEqual(to: SharedSecret(try terminal.secret("Once more: "))) {
            throw .denied(reason: "the two were not the same")
        }
        return secret
    }

    /// Reads to the end, or to the first line break, and closes the descriptor.
    private static func read(_ descriptor: Int32, option: String) throws(SealError) -> SharedSecret {
        defer { close(descriptor) }
        var count = 0
        let room = try SecretBytes(count: bytesMax + 1) { memory throws(SealError) in
            while count < memory.count, let base = memory.baseAddress {
                let got = Glibc.read(descriptor, base + count, memory.count - count)
                if got > 0 {
                    count += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    let words = String(cString: strerror(errno))
                    throw .denied(reason: "--\(option) \(descriptor) cannot be read: \(words)")
                }
            }
        }
        let secret = room.firstLine(of: count)
        guard secret.count > 0 else { throw .denied(reason: "--\(option) \(descriptor) gave nothing") }
        guard secret.count <= bytesMax else {
            throw .denied(reason: "--\(option) \(descriptor) gave more than \(bytesMax) bytes")
        }
        return SharedSecret(secret)
    }
}

extension SecretBytes {
    /// What stands before the first line break in the first `count` bytes.
    borrowing func firstLine(of count: Int) -> SecretBytes {
        withUnsafeBytes { bytes in
            let line = bytes[..<count].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            return SecretBytes(copying: line)
        }
    }
}
