import AWSProtocol
import Operations

extension AWSGateway {
    /// Hands a proved request to its service.
    func dispatch(_ admitted: Admitted) async -> UnrecordedAnswer {
        switch ready(admitted) {
        case .answered(let answer): return answer
        case .proceed(let ready):
            let reply = await ready.operation.answer(admitted.call, body: ready.body)
            return admitted.answer(reply, event: nil)
        }
    }

    /// Hands a proved request to its service if that can answer at once.
    func dispatchNow(_ admitted: Admitted) -> UnrecordedAnswer? {
        switch ready(admitted) {
        case .answered(let answer): return answer
        case .proceed(let ready):
            guard let made = ready.operation.answerNow(admitted.call, body: ready.body) else { return nil }
            return admitted.answer(made.reply, event: made.event)
        }
    }

    /// A request that its service can be asked.
    private struct Ready {
        let operation: any ServedOperation
        let body: JSON
    }

    private func ready(_ admitted: Admitted) -> Stage<Ready> {
        let target = admitted.claimed.target
        guard let operation = admitted.claimed.operation else {
            let error =
                services[target.service] == nil
                ? GatewayError.notServed(target.service) : GatewayError.unknownOperation
            return .answered(refuse(admitted.call, target, countedIn: admitted.claimed.row, with: error))
        }
        do throws(JSONError) {
            return .proceed(
                Ready(operation: operation, body: try body(of: admitted.claimed.arrival.request))
            )
        } catch {
            let failure = InputFailure.serialization(.malformedJSON(reason: error.reason))
            return .answered(
                refuse(admitted.call, target, countedIn: admitted.claimed.row, with: failure.wire)
            )
        }
    }

    /// The body as JSON; an empty one counts as an object without members (Smithy, "AWS JSON 1.1").
    private func body(of request: GatewayRequest) throws(JSONError) -> JSON {
        try JSON.parse(request.body.isEmpty ? Self.emptyObject : request.body, depthMax: Self.jsonDepthMax)
    }

    private static let emptyObject = Array("{}".utf8)
}

extension Admitted {
    /// The answer of the operation; its event is nil where it is recorded already.
    fileprivate func answer(_ reply: Reply, event: [UInt8]?) -> UnrecordedAnswer {
        UnrecordedAnswer(
            response: GatewayResponse(reply),
            event: event,
            service: claimed.target.service,
            requestID: call.requestID,
            row: claimed.row
        )
    }
}
