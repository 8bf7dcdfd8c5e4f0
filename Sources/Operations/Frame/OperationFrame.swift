import AWSProtocol
import Authorization
import Trail

/// What surrounds every operation of a service, written once: decode, constrain, authorize, run, record,
/// encode.
package struct OperationFrame<Service: OperationService>: Sendable {
    let service: Service
    let recorder: AuditRecorder
    let labour: LabourPool

    package init(service: Service, recorder: AuditRecorder, labour: LabourPool = .shared) {
        self.service = service
        self.recorder = recorder
        self.labour = labour
    }

    /// Answers with an operation over snapshots, loading those that are not in memory.
    func answer<O: ImmediateOperation>(
        _ operation: O.Type,
        to call: Call,
        body: JSON
    ) async -> UnrecordedReply where O.Service == Service {
        var attempt = Attempt(call: call)
        do throws(WireError) {
            let request = try attempt.decode(body, for: operation)
            let resources = try await load(request, of: operation, for: &attempt)
            let authorized = try attempt.authorize(request, on: resources, for: operation)
            let response = try await labour.run(O.labour(of: authorized.request, on: authorized.resources)) {
                () throws(WireError) in try run(operation, authorized)
            }
            return conclude(operation, attempt, response)
        } catch {
            return refuse(operation, attempt, error)
        }
    }

    /// Answers without waiting, and without recording the answer yet; work that is not brief is left to be started.
    ///
    /// Nil when a snapshot the request needs is not in memory; then nothing was done.
    func answerNow<O: ImmediateOperation>(
        _ operation: O.Type,
        to call: Call,
        body: JSON
    ) -> ImmediateReply? where O.Service == Service {
        var attempt = Attempt(call: call)
        do throws(WireError) {
            let request = try attempt.decode(body, for: operation)
            guard let resources = try resident(request, of: operation, for: &attempt) else { return nil }
            let authorized = try attempt.authorize(request, on: resources, for: operation)
            let amount = O.labour(of: request, on: resources)
            guard amount == .brief else {
                return .deferred(
                    DeferredReply(labour: amount, pool: labour) { [attempt] in
                        finish(operation, attempt, authorized)
                    }
                )
            }
            return .answered(finish(operation, attempt, authorized))
        } catch {
            return .answered(refuse(operation, attempt, error))
        }
    }

    /// Does what was authorized.
    private func finish<O: ImmediateOperation>(
        _ operation: O.Type,
        _ attempt: Attempt,
        _ authorized: Authorized<O>
    ) -> UnrecordedReply where O.Service == Service {
        do throws(WireError) {
            return conclude(operation, attempt, try run(operation, authorized))
        } catch {
            return refuse(operation, attempt, error)
        }
    }

    /// How often an operation whose resources changed under it begins anew.
    private static var beginningsMax: Int { 16 }

    /// Answers with an operation that reads or changes the store.
    func answer<O: DurableOperation>(
        _ operation: O.Type,
        to call: Call,
        body: JSON
    ) async -> UnrecordedReply where O.Service == Service {
        var attempt = Attempt(call: call)
        // Taken before the change, so that a change is never done that a full disk keeps from being told.
        var room: TrailRoom?
        do throws(WireError) {
            let request = try attempt.decode(body, for: operation)
            attempt.identify(try await caller(of: request, operation, call))
            var beginningsLeft = Self.beginningsMax
            while true {
                beginningsLeft -= 1
                let resources = try await load(request, of: operation, for: &attempt)
                let authorized = try attempt.authorize(request, on: resources, for: operation)
                if room == nil { room = try recorder.reserve(attempt.eventBytesMax(), for: call) }
                let outcome = try await run(operation, authorized, mayBeginAnew: beginningsLeft > 0)
                if let outcome { return conclude(operation, attempt, outcome, in: room) }
            }
        } catch {
            return refuse(operation, attempt, error, in: room)
        }
    }

    func load<O: ServiceOperation>(
        _ request: O.Request,
        of operation: O.Type,
        for attempt: inout Attempt
    ) async throws(WireError) -> [Service.Resource] where O.Service == Service {
        var resources: [Service.Resource] = []
        for reference in O.references(in: request) {
            do throws(Service.Failure) {
                resources.append(try await service.load(reference, for: attempt.call))
            } catch {
                throw attempt.concealing(error, as: wire(of: error, operation, attempt.call), for: operation)
            }
        }
        return resources
    }

    private func resident<O: ServiceOperation>(
        _ request: O.Request,
        of operation: O.Type,
        for attempt: inout Attempt
    ) throws(WireError) -> [Service.Resource]? where O.Service == Service {
        var resources: [Service.Resource] = []
        for reference in O.references(in: request) {
            do throws(Service.Failure) {
                guard let resource = try service.resident(reference, for: attempt.call) else { return nil }
                resources.append(resource)
            } catch {
                throw attempt.concealing(error, as: wire(of: error, operation, attempt.call), for: operation)
            }
        }
        return resources
    }

    func run<O: ImmediateOperation>(
        _ operation: O.Type,
        _ authorized: Authorized<O>
    ) throws(WireError) -> O.Response where O.Service == Service {
        do throws(Service.Failure) {
            return try O.run(authorized, in: service)
        } catch {
            throw wire(of: error, O.self, authorized.call)
        }
    }

    private func caller<O: DurableOperation>(
        of request: O.Request,
        _ operation: O.Type,
        _ call: Call
    ) async throws(WireError) -> Caller where O.Service == Service {
        do throws(Service.Failure) {
            return try await O.caller(of: request, for: call, in: service)
        } catch {
            throw wire(of: error, operation, call)
        }
    }

    /// Nil when the operation must begin anew on what is there now.
    private func run<O: DurableOperation>(
        _ operation: O.Type,
        _ authorized: Authorized<O>,
        mayBeginAnew: Bool
    ) async throws(WireError) -> O.Response? where O.Service == Service {
        do throws(Service.Failure) {
            return try await O.run(authorized, in: service)
        } catch {
            if mayBeginAnew, error.isSuperseded { return nil }
            throw wire(of: error, O.self, authorized.call)
        }
    }

    /// The error as the caller gets it; a fault of the server is told to its operator too.
    private func wire<O: ServiceOperation>(
        of failure: Service.Failure,
        _ operation: O.Type,
        _ call: Call
    ) -> WireError where O.Service == Service {
        let wire = failure.wire
        if wire.fault == .server {
            recorder.onFault(
                ServerFault(step: O.action, requestID: call.requestID, reason: "\(failure)")
            )
        }
        return wire
    }

    /// Records an answer; one that cannot be recorded is not given.
    func recorded(_ answer: UnrecordedReply, of call: Call) -> Reply {
        do throws(WireError) {
            if let promised = answer.promised { try recorder.record([promised], of: call.requestID) }
            try recorder.record(answer.events, of: call.requestID)
            return answer.reply
        } catch {
            return .failure(error, requestID: call.requestID, in: Service.dialect)
        }
    }

    /// The answer of success with the event that must be recorded before it is given.
    private func conclude<O: ServiceOperation>(
        _ operation: O.Type,
        _ attempt: Attempt,
        _ response: O.Response,
        in room: TrailRoom? = nil
    ) -> UnrecordedReply {
        let output = output(of: operation, response, for: attempt.call)
        return attempt.unrecorded(
            .success(output?.body ?? [], for: attempt.call, in: O.Service.dialect),
            attempt.event(of: operation, answered: response, showing: output?.recorded),
            in: room
        )
    }

    /// The answer of success: JSON has none for an operation without output, the Query protocol always has one.
    private func output<O: ServiceOperation>(
        of operation: O.Type,
        _ response: O.Response,
        for call: Call
    ) -> OutputWriter.Output? {
        let hasOutput = O.Response.self != NoOutput.self
        switch O.Service.dialect {
        case .json:
            guard hasOutput else { return nil }
            return OutputWriter.answer(recording: O.showsResponse) { O.encode(response, into: &$0) }
        case .query(let service):
            return OutputWriter.document(
                of: O.name,
                namespace: service.xmlNamespace,
                requestID: call.requestID,
                recording: O.showsResponse,
                hasOutput ? { O.encode(response, into: &$0) } : nil
            )
        }
    }

    /// The answer of failure with the event that must be recorded before it is given.
    private func refuse<O: ServiceOperation>(
        _ operation: O.Type,
        _ attempt: Attempt,
        _ error: WireError,
        in room: TrailRoom? = nil
    ) -> UnrecordedReply {
        if let denial = attempt.denial { recorder.onDenial(denial) }
        let error = error.named(in: O.Service.dialect)
        return attempt.unrecorded(
            .failure(error, requestID: attempt.call.requestID, in: O.Service.dialect),
            attempt.event(of: operation, failed: error),
            in: room
        )
    }
}
