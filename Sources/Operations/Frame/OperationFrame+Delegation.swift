package import AWSProtocol
import Trail

/// Operations that a service asks for in the course of another: the same checks and the same record as if the
/// caller had asked, without a wire between.
extension OperationFrame {
    /// Runs an operation over resources that were found before, and records it.
    ///
    /// - Throws: The error that the operation answers with; it is recorded too.
    package func perform<O: ImmediateOperation>(
        _ operation: O.Type,
        on resources: [Service.Resource],
        _ input: Input,
        for call: Call
    ) throws(WireError) -> O.Response where O.Service == Service {
        var attempt = Attempt(call: call)
        do throws(WireError) {
            let request = try attempt.take(input, for: operation)
            let authorized = try attempt.authorize(request, on: resources, for: operation)
            let response = try run(operation, authorized)
            try record(attempt, attempt.event(of: operation, answered: response))
            return response
        } catch {
            throw try recorded(error, operation, attempt)
        }
    }

    /// Finds what an operation names, runs it and records it.
    ///
    /// - Throws: The error that the operation answers with; it is recorded too.
    package func perform<O: ImmediateOperation>(
        _ operation: O.Type,
        _ body: JSON,
        for call: Call
    ) async throws(WireError) -> O.Response where O.Service == Service {
        var attempt = Attempt(call: call)
        do throws(WireError) {
            let request = try attempt.decode(body, for: operation)
            let resources = try await load(request, of: operation, for: &attempt)
            let authorized = try attempt.authorize(request, on: resources, for: operation)
            let response = try run(operation, authorized)
            try record(attempt, attempt.event(of: operation, answered: response))
            return response
        } catch {
            throw try recorded(error, operation, attempt)
        }
    }

    /// Records a refusal.
    ///
    /// - Throws: `.auditUnavailable` when that is what failed.
    private func recorded<O: ServiceOperation>(
        _ error: WireError,
        _ operation: O.Type,
        _ attempt: Attempt
    ) throws(WireError) -> WireError where O.Service == Service {
        guard error != .auditUnavailable else { return error }
        if let denial = attempt.denial { recorder.onDenial(denial) }
        try record(attempt, attempt.event(of: operation, failed: error))
        return error
    }

    /// Records a call at once or leaves its events to the call that it helps to answer.
    private func record(_ attempt: Attempt, _ event: consuming AuditEvent) throws(WireError) {
        let call = attempt.call
        let events = attempt.unrecorded(.success([], for: call, in: Service.dialect), event).events
        guard let purpose = call.purpose else { return try recorder.record(events, of: call.requestID) }
        purpose.accompany(with: events)
    }
}
