import AWSProtocol
import Crypto
import Cryptography
import Foundation
import SecretsManager

extension RedisConversation {
    /// Shows a password.
    ///
    /// - Returns: Nil when it is right; otherwise what the server says.
    mutating func authenticate(
        _ user: String,
        _ password: Redacted<String>
    ) async throws(RotationFailure) -> String? {
        let answer = try await ask("AUTH", user, password.exposingSecret { $0 })
        switch answer {
        case .simple("OK"): return nil
        case .error(let text):
            // A server that is loading its data, or has no room for clients, said nothing about the password.
            guard ["WRONGPASS", "NOPERM", "ERR"].contains(Self.kind(of: text)) else {
                throw .temporary("\(server) answers \(Self.kind(of: text)).")
            }
            return "\(server) answers \(Self.kind(of: text)) to the user and password"
        default: throw unexpected("AUTH")
        }
    }

    /// Adds the pending password to the user, and takes away the one before the current.
    mutating func carryOut(_ change: PasswordChange) async throws(RotationFailure) {
        let known = try await passwords(of: change.pending.username)
        let pending = Self.digest(of: change.pending.password)
        let current = Self.digest(of: change.current.password)
        let previous = change.previous.map { Self.digest(of: $0.password) }
        var rules: [String] = []
        if let previous, previous != current, previous != pending, known.contains(previous) {
            rules.append("!\(previous)")
        }
        if !known.contains(pending) { rules.append("#\(pending)") }
        for rule in rules {
            // Its text repeats the digest: only the kind of an error is told.
            switch try await ask("ACL", "SETUSER", change.pending.username, rule) {
            case .simple("OK"): continue
            case .error(let text): throw refused("ACL SETUSER", text)
            default: throw unexpected("ACL SETUSER")
            }
        }
    }

    /// Has the server write its users to their file.
    ///
    /// - Returns: Whether it has such a file.
    mutating func save() async throws(RotationFailure) -> Bool {
        switch try await ask("ACL", "SAVE") {
        case .simple("OK"): return true
        case .error(let text):
            if text.contains("not configured to use an ACL file") { return false }
            throw refused("ACL SAVE", text)
        default: throw unexpected("ACL SAVE")
        }
    }

    /// The digests of a user's passwords.
    ///
    /// - Throws: `.permanent` for a user that there is not, or that needs no password.
    private mutating func passwords(of user: String) async throws(RotationFailure) -> [String] {
        let answer = try await ask("ACL", "GETUSER", user)
        if case .error(let text) = answer { throw refused("ACL GETUSER", text) }
        if answer == .bulk(nil) || answer == .array(nil) {
            throw .permanent("\(server) has no user of that name.")
        }
        guard let members = answer.elements else { throw unexpected("ACL GETUSER") }
        func member(_ name: String) -> [String]? {
            guard let index = members.firstIndex(where: { $0.text == name }),
                index + 1 < members.count
            else { return nil }
            return members[index + 1].elements?.compactMap(\.text)
        }
        guard let flags = member("flags"), let passwords = member("passwords") else {
            throw unexpected("ACL GETUSER")
        }
        guard !flags.contains("nopass") else {
            throw .permanent("\(server) lets the user in with any password, so none can be proved.")
        }
        return passwords
    }

    /// How Redis keeps a password: SHA-256 as lower-case hexadecimal digits.
    private static func digest(of password: Redacted<String>) -> String {
        password.exposingSecret { Hex.encode(SHA256.hash(data: Data($0.utf8))) }
    }

    /// The first word of an error, which is its kind.
    private static func kind(of text: String) -> String {
        String(text.prefix { $0.isASCII && $0.isUppercase }.prefix(32))
    }

    private func refused(_ command: String, _ text: String) -> RotationFailure {
        let kind = Self.kind(of: text)
        let reason = "\(server) answers \(kind) to \(command)."
        return ["NOPERM", "ERR"].contains(kind) ? .permanent(reason) : .temporary(reason)
    }

    private func unexpected(_ command: String) -> RotationFailure {
        .temporary("\(server) gives an answer to \(command) that is none of Redis's.")
    }
}
