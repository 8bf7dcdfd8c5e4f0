import KES
import NIOCore

/// The routes about the server itself.
extension Responder {
    var version: KESResponse {
        .object {
            $0.member("version", state.about.version)
            $0.member("commit", state.about.commit)
        }
    }

    var routes: KESResponse {
        var text = JSONText()
        text.array(Route.allCases) { text, route in
            text.object {
                $0.member("method", route.method)
                $0.member("path", route.path)
                $0.member("max_body", route.bodyBytesMax)
                $0.member("timeout", Int(state.settings(of: route).secondsMax ?? 0))
            }
        }
        return .json(text.bytes)
    }

    var metrics: KESResponse {
        KESResponse(
            status: 200,
            contentType: MetricsText.contentType,
            body: MetricsText.page(
                requests: door.meter.snapshot,
                auditEvents: door.log.audit.eventsSent,
                errorEvents: door.log.errors.eventsSent,
                uptimeSeconds: uptimeSeconds,
                system: .read()
            )
        )
    }

    func ready() async throws(KESError) -> KESResponse {
        try await state.keys.checkReady()
        return .empty
    }

    /// Always a success: what it tells is how the server and its key store are.
    func status() async -> KESResponse {
        let store = await state.keys.state()
        let system = SystemStatistics.read()
        return .object { text in
            text.member("version", state.about.version)
            text.member("os", "linux")
            text.member("arch", SystemStatistics.architecture)
            text.member("uptime", Int(uptimeSeconds))
            text.member("num_cpu", system.processors)
            text.member("num_cpu_used", system.processorsUsed)
            text.member("mem_heap_used", system.heapBytes)
            text.member("mem_stack_used", system.stackBytes)
            switch store {
            case .online(let latency):
                text.member("keystore_latency", max(1, Int(latency / .milliseconds(1))))
            case .unreachable, .unavailable:
                // Clients take the second without the first for an error of their own.
                text.member("keystore_unavailable", true)
                if store == .unreachable { text.member("keystore_unreachable", true) }
            }
        }
    }

    private var uptimeSeconds: Int64 { max(0, door.log.moment.seconds - state.about.startedAt.seconds) }
}
