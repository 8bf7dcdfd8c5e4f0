import AWSProtocol
import Operations

extension AWSGateway {
    /// Hands a proved request to its service.
    func dispatch(_ admitted: Admitted) async -> GatewayResponse {
        let target = admitted.claimed.target
        switch operation(admitted) {
        case .answered(let answer): return recorded(answer)
        case .proceed(let ready):
            guard let reply = await ready.service.answer(ready.name, to: admitted.call, body: ready.body)
            else {
                return recorded(refuse(admitted.call, target, with: GatewayError.unknownOperation))
            }
            return GatewayResponse(reply)
        }
    }

    /// Whether a request for this target may be answered without waiting.
    func mayAnswerNow(_ target: ServiceTarget) -> Bool {
        guard let operation = target.operation else { return false }
        return services[target.service]?.isImmediate(operation) ?? false
    }

    /// Hands a proved request to its service if that can answer at once.
    func dispatchNow(_ admitted: Admitted) -> UnrecordedAnswer? {
        switch operation(admitted) {
        case .answered(let answer): return answer
        case .proceed(let ready):
            guard let made = ready.service.answerNow(ready.name, to: admitted.call, body: ready.body) else {
                return nil
            }
            return UnrecordedAnswer(
                response: GatewayResponse(made.reply),
                event: made.event,
                service: admitted.claimed.target.service,
                requestID: admitted.call.requestID
            )
        }
    }

    /// A request that its service can be asked.
    private struct Ready {
        let service: any ServedService
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
        guard let name = target.operation, service.hasOperation(name) else {
            return .answered(refuse(admitted.call, target, with: GatewayError.unknownOperation))
        }
        do throws(JSONError) {
            return .proceed(
                Ready(service: service, name: name, body: try body(of: admitted.claimed.arrival.request))
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
