import AWSProtocol

/// What Vault answered; may hold secrets, so it does not print.
struct VaultAnswer: Sendable, CustomStringConvertible, CustomReflectable {
    let status: Int
    /// Nil when the body is no JSON object.
    let json: JSON?
    /// How often the request was sent: more than once means that an earlier one may have been carried out.
    let attempts: Int

    init(_ answer: HTTPAnswer, attempts: Int) {
        status = answer.status
        self.attempts = attempts
        if let json = try? JSON.parse(answer.body), case .object = json {
            self.json = json
        } else {
            json = nil
        }
    }

    var data: JSON? { json?["data"] }

    /// Vault's own words about what is wrong, fit for a log.
    var complaint: String {
        let words = (json?["errors"]?.elements ?? []) + (json?["warnings"]?.elements ?? [])
        let text = words.compactMap(\.text).joined(separator: "; ")
        let printable = String(text.map { $0.isNewline ? " " : $0 }.filter(\.isASCII).prefix(300))
        return printable.isEmpty ? "HTTP \(status)" : "HTTP \(status): \(printable)"
    }

    /// Whether this is how Vault says that there is nothing: a 404 without a word about a wrong path or engine.
    var isAbsence: Bool {
        guard status == 404, let json else { return false }
        return (json["errors"]?.elements ?? []).isEmpty && (json["warnings"]?.elements ?? []).isEmpty
    }

    var description: String { "<answer \(status)>" }
    var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
