import KES
import KESServer

/// What a server says when it serves.
enum Banner {
    static func show(
        _ server: KESServerProcess,
        at address: String,
        isLocked: Bool,
        development: Development?
    ) {
        let configuration = server.configuration
        var rows = About.rows
        rows.append(("", ""))
        rows += [
            (label: "KMS", value: server.storeSummary),
            (label: "API", value: "· https://\(address)"),
            (label: "Docs", value: "docs/kes.md"),
            (label: "Admin", value: configuration.admin?.text ?? "<disabled>"),
            (label: "Logs", value: "error=\(text(configuration.errorLog, "stderr"))"),
            (label: "", value: "audit=\(text(configuration.auditLog, "stdout"))"),
            (label: "MLock", value: isLocked ? "enabled" : "disabled"),
        ]
        Output.lines(rows.map { label, value in value.isEmpty ? "" : label.padded(to: 12) + value })
        development?.admin.exposingSecret { text in
            Output.lines([
                "", "API key     \(text)",
                "            The admin's, of this run only; keys are in memory and will be lost.", "",
                "  export KES_SERVER=\(address)", "  export KES_API_KEY=\(text)",
                "  kes key create -k my-key",
            ])
        }
        Output.lines(["", "=> Server is up and running..."])
    }

    private static func text(_ threshold: LogThreshold, _ stream: String) -> String {
        let names = [(LogThreshold.debug, "DEBUG"), (.info, "INFO"), (.warning, "WARN"), (.error, "ERROR")]
        guard threshold.level <= LogThreshold.error.level else { return "off" }
        let name = names.first { $0.0 == threshold }?.1 ?? String(threshold.level)
        return "\(stream) level=\(name)"
    }
}
