import AWSProtocol
import Operations

extension AWSGateway {
    /// Hands a proved request to its service.
    func dispatch(_ admitted: Admitted) async -> UnrecordedAnswer {
        switch ready(admitted) {
        case .answered(let answer): return answer
        case .proceed(let ready):
            return admitted.frame.answer(await ready.operation.answer(admitted.call, body: ready.body))
        }
    }

    /// Hands a proved request to its service if that needs not wait.
    func dispatchNow(_ admitted: Admitted) -> ImmediateAnswer? {
        switch ready(admitted) {
        case .answered(let answer): return .answered(answer)
        case .proceed(let ready):
            switch ready.operation.answerNow(admitted.call, body: ready.body) {
            case nil: return nil
            case .answered(let made): return .answered(admitted.frame.answer(made))
            case .deferred(let work): return .deferred(DeferredAnswer(work, framed: admitted.frame))
            }
        }
    }

    /// A request that its service can be asked.
    private struct Ready {
        let operation: any ServedOperation
        let body: JSON
    }

    private func ready(_ admitted: Admitted) -> Stage<Ready> {
        let target = admitted.destination.target
        guard let operation = admitted.destination.operation else {
            let error =
                services[target.service] == nil
                ? GatewayError.notServed(target.service)
                : GatewayError.unknownOperation(target.operation, of: target.service)
            return .answered(refuse(admitted.call, target, countedIn: admitted.destination.row, with: error))
        }
        do throws(WireError) {
            let body = try body(of: admitted.request, for: operation, of: target.service)
            return .proceed(Ready(operation: operation, body: body))
        } catch {
            return .answered(refuse(admitted.call, target, countedIn: admitted.destination.row, with: error))
        }
    }

    /// The request's members, whichever protocol brought them.
    private func body(
        of request: GatewayRequest,
        for operation: any ServedOperation,
        of service: AWSService
    ) throws(WireError) -> JSON {
        guard service.wireProtocol == .query else {
            do throws(JSONError) {
                return try body(of: request)
            } catch {
                throw InputFailure.serialization(.malformedJSON(reason: error.reason)).wire
            }
        }
        let parameters = try parameters(of: request)
        do throws(InputFailure) {
            return try QueryInput.json(parameters, as: operation.input)
        } catch {
            throw error.wire.named(in: .query)
        }
    }

    /// The parameters of a Query request: those of the form, or of the address where the action stands there.
    private func parameters(of request: GatewayRequest) throws(WireError) -> QueryParameters {
        do throws(FormError) {
            if let form = try request.form(), form["Action"] != nil { return try QueryParameters(form) }
            return try QueryParameters(try Form(parsing: request.request.rawQuery))
        } catch {
            throw error.wire
        }
    }

    /// The body as JSON; an empty one counts as an object without members (Smithy, "AWS JSON 1.1").
    private func body(of request: GatewayRequest) throws(JSONError) -> JSON {
        try JSON.parse(request.body.isEmpty ? Self.emptyObject : request.body, depthMax: Self.jsonDepthMax)
    }

    private static let emptyObject = Array("{}".utf8)
}

extension Admitted {
    fileprivate var frame: AnswerFrame {
        AnswerFrame(service: destination.target.service, requestID: call.requestID, row: destination.row)
    }
}
