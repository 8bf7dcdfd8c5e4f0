import AWSProtocol

/// Whether requests can be served, and if not, why; without anything secret.
struct ReadinessReport: Hashable, Sendable {
    /// One thing that was looked at.
    struct Finding: Hashable, Sendable {
        let name: String
        /// Nil when it is well; else one short sentence.
        let trouble: String?
    }

    let findings: [Finding]

    var isReady: Bool { findings.allSatisfy { $0.trouble == nil } }

    /// `ready`, or what is wrong.
    var text: String {
        let troubles = findings.compactMap(\.trouble)
        return troubles.isEmpty ? "ready" : troubles.joined(separator: "; ")
    }

    /// `{"status":"ready","checks":{"store":"ok",…}}`.
    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.name("status")
        json.string(isReady ? "ready" : "unready")
        json.name("checks")
        json.beginObject()
        for finding in findings {
            json.name(finding.name)
            json.string(finding.trouble ?? "ok")
        }
        json.endObject()
        json.endObject()
        return json.bytes
    }
}
