import AWSProtocol
import Operations

extension AWSGateway {
    /// Hands a proved request to its service.
    func dispatch(_ admitted: Admitted) async -> GatewayResponse {
        let target = admitted.claimed.target
        switch operation(admitted) {
        case .answered(let response): return response
        case .proceed(let ready):
            guard let reply = await ready.service.answer(ready.name, to: admitted.call, body: ready.body)
            else {
                return refuse(admitted.call, target, with: GatewayError.unknownOperation)
            }
            return GatewayResponse(reply, countedIn: ready.rows)
        }
    }

    /// Hands a proved request to its service if that can answer at once.
    func dispatchNow(_ admitted: Admitted) -> GatewayResponse? {
        switch operation(admitted) {
        case .answered(let response): response
        case .proceed(let ready):
            ready.service.answerNow(ready.name, to: admitted.call, body: ready.body).map {
                GatewayResponse($0, countedIn: ready.rows)
            }
        }
    }

    /// A request that its service can be asked.
    private struct Ready {
        let service: any ServedService
        let rows: RequestMetrics.ServiceRows
        let name: String
        let body: JSON
    }

    private func operation(_ admitted: Admitted) -> Stage<Ready> {
        let target = admitted.claimed.target
        guard let service = services[target.service] else {
            return .answered(
                refuse(admitted.call, target, with: GatewayError.notServed(target.service))
            )
        }
        guard let name = target.operation, service.index(of: name) != nil else {
            return .answered(refuse(admitted.call, target, with: GatewayError.unknownOperation))
        }
        do throws(JSONError) {
            return .proceed(
                Ready(
                    service: service,
                    rows: metrics.rows(of: target.service),
                    name: name,
                    body: try body(of: admitted.claimed.arrival.request)
                )
            )
        } catch {
            let failure = InputFailure.serialization(.malformedJSON(reason: error.reason))
            return .answered(refuse(admitted.call, target, with: failure.wire))
        }
    }

    /// The body as JSON; an empty one counts as an object without members (Smithy, "AWS JSON 1.1").
    private func body(of request: GatewayRequest) throws(JSONError) -> JSON {
        try JSON.parse(request.body.isEmpty ? Self.emptyObject : request.body, depthMax: Self.jsonDepthMax)
    }

    private static let emptyObject = Array("{}".utf8)
}
