import CloudTrail

/// How notifications leave the deployment.
package struct NotificationSettings: Sendable {
    /// The address of the AWS door for receivers, without a slash at its end; nil for the one that the door has.
    package var publicURL: String?
    /// Whether endpoints on this machine may be subscribed.
    package var allowsLoopback = false
    /// A PEM file with certificate authorities that endpoints may have beside the system's.
    package var authorityFile: String?
    /// Nil where there is no server for mail.
    package var mail: MailSettings?

    package init() {}

    /// - Throws: for addresses that are none, files that are not there, and mail settings that lack something.
    init(_ settings: SettingsReader) async throws(SettingsError) {
        publicURL = try await settings.value(
            "sns-public-url",
            expected: "the address of the AWS door, such as https://keys.example.com"
        ) { text in
            guard let url = EndpointURL(text), !text.contains("?") else { return nil }
            return url.text.hasSuffix("/") ? String(url.text.dropLast()) : url.text
        }
        allowsLoopback = try await settings.flag("sns-allow-loopback")
        authorityFile = try await Self.file("sns-ca-file", settings)
        mail = try await MailSettings(settings)
    }

    static func file(_ name: String, _ settings: SettingsReader) async throws(SettingsError) -> String? {
        guard let path = try await settings.text(name) else { return nil }
        guard DataDirectory.isThere(path) else {
            throw .unsupported("The file \(path) of \(name) is not there.")
        }
        return path
    }
}

/// The server that takes mail, and who sends it.
package struct MailSettings: Sendable {
    /// `smtp://HOST[:PORT]`, which must then speak STARTTLS, or `smtps://HOST[:PORT]`.
    package let url: String
    package let from: String
    package let user: String?
    package let authorityFile: String?
    package let requiresTLS: Bool

    /// The variable with the password: never a flag, and never in the file.
    static let passwordVariable = EnvironmentSecrets.variable("smtp-password")

    init?(_ settings: SettingsReader) async throws(SettingsError) {
        let expected = "smtp://HOST[:PORT] or smtps://HOST[:PORT]"
        let address = try await settings.value("smtp-url", expected: expected) { text in
            Self.isAddress(text) ? text : nil
        }
        guard let address else {
            for name in ["smtp-from", "smtp-user"] where try await settings.text(name) != nil {
                throw .unsupported("\(name) is set, but smtp-url is not.")
            }
            return nil
        }
        url = address
        guard let from = try await settings.text("smtp-from"), EmailAddress.isValid(from) else {
            throw .invalid("smtp-from", expected: "the address that mail comes from")
        }
        self.from = from
        user = try await settings.text("smtp-user")
        authorityFile = try await NotificationSettings.file("smtp-ca-file", settings)
        requiresTLS = try await !settings.flag("smtp-insecure")
        guard requiresTLS || user == nil else {
            throw .unsupported("smtp-insecure would send the password of smtp-user in the clear.")
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        for scheme in ["smtp://", "smtps://"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            let isPlain = rest.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || ".-:[]".utf8.contains(byte)
            }
            return !rest.isEmpty && isPlain
        }
        return false
    }
}
