import CCurl
import CloudTrail
import Cryptography
import NIOPosix

import struct Foundation.Data

/// Sends notifications as mail through the configured server.
struct MailNotifications: Sendable {
    let settings: MailSettings
    /// What the server asks for; nil when it asks for nothing.
    let password: SharedSecret?

    private static let secondsMax = 30

    /// libcurl wants to be begun once, before threads use it.
    private static let isBegun = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    func send(_ mail: NotificationMail) async -> SendOutcome {
        guard Self.isBegun else { return .failed(reason: "libcurl does not start") }
        do {
            // libcurl waits, so it runs on a thread that may.
            return try await NIOThreadPool.singleton.runIfActive { attempt(mail) }
        } catch {
            return .failed(reason: "the server is stopping")
        }
    }

    private func attempt(_ mail: NotificationMail) -> SendOutcome {
        let message = Array(MailText.message(mail, from: settings.from).utf8)
        var reason = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = withCStrings(of: mail) { request in
            message.withUnsafeBytes { bytes in
                var request = request
                request.message = bytes.bindMemory(to: CChar.self).baseAddress
                request.message_count = bytes.count
                return strongroom_send_mail(&request, &reason)
            }
        }
        guard code != 0 else { return .delivered }
        let words = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return .failed(reason: "the mail server refused it: \(words)")
    }

    /// The request with its texts in memory that lasts as long as the call.
    private func withCStrings(of mail: NotificationMail, _ body: (strongroom_mail) -> Int32) -> Int32 {
        settings.url.withCString { url in
            settings.from.withCString { from in
                mail.recipient.withCString { recipient in
                    Self.withOptional(settings.user) { user in
                        Self.withOptional(settings.authorityFile) { authorities in
                            withPassword { password in
                                body(
                                    strongroom_mail(
                                        url: url,
                                        user: user,
                                        password: password,
                                        from: from,
                                        recipient: recipient,
                                        authorities: authorities,
                                        requires_tls: settings.requiresTLS ? 1 : 0,
                                        seconds_max: Self.secondsMax,
                                        message: nil,
                                        message_count: 0
                                    )
                                )
                            }
                        }
                    }
                }
            }
        }
    }

    private static func withOptional(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Int32) -> Int32 {
        guard let text else { return body(nil) }
        return text.withCString { body($0) }
    }

    /// The password with a zero at its end, in memory that is wiped.
    private func withPassword(_ body: (UnsafePointer<CChar>?) -> Int32) -> Int32 {
        guard let password else { return body(nil) }
        return password.withUnsafeBytes { bytes in
            let terminated = SecretBytes(count: bytes.count + 1) { $0.copyMemory(from: bytes) }
            return terminated.withUnsafeBytes { body($0.bindMemory(to: CChar.self).baseAddress) }
        }
    }
}

/// A mail as the lines of RFC 5322, with CRLF at their ends.
enum MailText {
    static func message(_ mail: NotificationMail, from: String) -> String {
        let encoded = Data(mail.body.utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        return [
            "From: \(header(from))", "To: \(header(mail.recipient))", "Subject: \(subject(mail.subject))",
            "Message-ID: <\(mail.messageID)@\(from.split(separator: "@").last.map { header(String($0)) } ?? "sns")>",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8",
            "Content-Transfer-Encoding: base64", "Auto-Submitted: auto-generated", "", encoded, "",
        ].joined(separator: "\r\n")
    }

    /// A text that cannot end its line.
    private static func header(_ text: String) -> String {
        String(text.filter { !$0.isNewline && $0 != "\0" && $0 != ">" && $0 != "<" })
    }

    /// A subject in encoded words where it is not plain (RFC 2047): at most 75 characters each.
    private static func subject(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        guard !isPlain || text.utf8.count > 900 else { return text }
        var words: [String] = []
        var word = ""
        for character in text where !character.isNewline {
            if (word + String(character)).utf8.count > 42 {
                words.append(word)
                word = ""
            }
            word.append(character)
        }
        words.append(word)
        return words.map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }
}
