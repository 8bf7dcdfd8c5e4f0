import Glibc

/// The page of `/v1/metrics` in Prometheus's text format, with the names that KES gave its metrics.
struct MetricsText {
    private var text = ""

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static func page(
        requests: RequestMeter.Counts,
        auditEvents: Int,
        errorEvents: Int,
        uptimeSeconds: Int64,
        system: SystemStatistics
    ) -> [UInt8] {
        var page = MetricsText()
        page.requests(requests)
        page.counter(
            "kes_log_audit_events",
            "Audit events sent to clients that follow the audit log.",
            auditEvents
        )
        page.counter(
            "kes_log_error_events",
            "Error events sent to clients that follow the error log.",
            errorEvents
        )
        page.gauge("kes_system_up_time", "Seconds since the server started.", Int(uptimeSeconds))
        page.gauge("kes_system_num_cpu", "Processors of the machine.", system.processors)
        page.gauge("kes_system_num_cpu_used", "Processors that the server may use.", system.processorsUsed)
        page.gauge("kes_system_num_threads", "Threads of the server.", system.threads)
        page.gauge(
            "kes_system_mem_heap_used",
            "Bytes of memory that the server holds, but for stacks.",
            system.heapBytes
        )
        page.gauge("kes_system_mem_heap_objects", "Objects in that memory; not counted here, so always 0.", 0)
        page.gauge("kes_system_mem_stack_used", "Bytes of the stack of the first thread.", system.stackBytes)
        return Array(page.text.utf8)
    }

    private mutating func requests(_ counts: RequestMeter.Counts) {
        let kinds = [
            ("kes_http_request_success", "Requests that were answered with success.", 200..<300),
            ("kes_http_request_error", "Requests that the client is to blame for.", 400..<500),
            ("kes_http_request_failure", "Requests that the server is to blame for.", 500..<600),
        ]
        for (name, help, statuses) in kinds {
            begin(name, "counter", help)
            let found = counts.requests.filter { statuses.contains($0.key) }.sorted { $0.key < $1.key }
            for (status, count) in found { line("\(name){code=\"\(status)\"} \(count)") }
        }
        gauge("kes_http_request_active", "Requests that are not answered yet.", counts.active)
        let name = "kes_http_response_time"
        begin(name, "histogram", "Seconds from the head of a request to its answer.")
        var sum = 0
        for (bound, count) in zip(RequestMeter.bounds, counts.buckets) {
            sum += count
            line("\(name)_bucket{le=\"\(Self.number(bound))\"} \(sum)")
        }
        sum += counts.buckets.last ?? 0
        line("\(name)_bucket{le=\"+Inf\"} \(sum)")
        line("\(name)_sum \(Double(counts.nanoseconds) / 1e9)")
        line("\(name)_count \(sum)")
    }

    /// As Go writes it: no decimals where there are none.
    private static func number(_ value: Double) -> String {
        value.rounded() == value ? String(Int(value)) : String(value)
    }

    private mutating func counter(_ name: String, _ help: String, _ value: Int) {
        begin(name, "counter", help)
        line("\(name) \(value)")
    }

    private mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        begin(name, "gauge", help)
        line("\(name) \(value)")
    }

    private mutating func begin(_ name: String, _ kind: String, _ help: String) {
        line("# HELP \(name) \(help)")
        line("# TYPE \(name) \(kind)")
    }

    private mutating func line(_ line: String) {
        text += line
        text += "\n"
    }
}
