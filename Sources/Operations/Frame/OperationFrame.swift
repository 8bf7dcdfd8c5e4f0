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
    ) async -> Reply where O.Service == Service {
        var attempt = Attempt<O>(call: call)
        do throws(WireError) {
            let request = try attempt.decode(body)
            let authorized = try attempt.authorize(request, on: try await load(request, for: &attempt))
            let response = try await labour.run(O.labour(of: authorized.request, on: authorized.resources)) {
                () throws(WireError) in try run(operation, authorized)
            }
            return recorded(attempt, .success(response))
        } catch {
            return recorded(attempt, .failure(error))
        }
    }

    /// Answers at once, or nil when a snapshot the request needs is not in memory or the work is not brief.
    ///
    /// With nil nothing was done. The answer is not recorded yet.
    func answerNow<O: ImmediateOperation>(
        _ operation: O.Type,
        to call: Call,
        body: JSON
    ) -> UnrecordedReply? where O.Service == Service {
        var attempt = Attempt<O>(call: call)
        do throws(WireError) {
            let request = try attempt.decode(body)
            guard let resources = try resident(request, for: &attempt) else { return nil }
            guard O.labour(of: request, on: resources) == .brief else { return nil }
            let authorized = try attempt.authorize(request, on: resources)
            let response = try run(operation, authorized)
            return conclude(attempt, .success(response))
        } catch {
            return conclude(attempt, .failure(error))
        }
    }

    /// How often an operation whose resources changed under it begins anew.
    private static var beginningsMax: Int { 16 }

    /// Answers with an operation that reads or changes the store.
    func answer<O: DurableOperation>(
        _ operation: O.Type,
        to call: Call,
        body: JSON
    ) async -> Reply where O.Service == Service {
        var attempt = Attempt<O>(call: call)
        // Taken before the change, so that a change is never done that a full disk keeps from being told.
        var room: TrailRoom?
        do throws(WireError) {
            let request = try attempt.decode(body)
            var beginningsLeft = Self.beginningsMax
            while true {
                beginningsLeft -= 1
                let authorized = try attempt.authorize(request, on: try await load(request, for: &attempt))
                if room == nil { room = try recorder.reserve(attempt.eventBytesMax, for: call) }
                let outcome = try await run(operation, authorized, mayBeginAnew: beginningsLeft > 0)
                if let outcome { return recorded(attempt, .success(outcome), in: room) }
            }
        } catch {
            return recorded(attempt, .failure(error), in: room)
        }
    }

    private func load<O: ServiceOperation>(
        _ request: O.Request,
        for attempt: inout Attempt<O>
    ) async throws(WireError) -> [Service.Resource] where O.Service == Service {
        var resources: [Service.Resource] = []
        for reference in O.references(in: request) {
            do throws(Service.Failure) {
                resources.append(try await service.load(reference, for: attempt.call))
            } catch {
                throw attempt.concealing(error, as: wire(of: error, O.self, attempt.call))
            }
        }
        return resources
    }

    private func resident<O: ServiceOperation>(
        _ request: O.Request,
        for attempt: inout Attempt<O>
    ) throws(WireError) -> [Service.Resource]? where O.Service == Service {
        var resources: [Service.Resource] = []
        for reference in O.references(in: request) {
            do throws(Service.Failure) {
                guard let resource = try service.resident(reference, for: attempt.call) else { return nil }
                resources.append(resource)
            } catch {
                throw attempt.concealing(error, as: wire(of: error, O.self, attempt.call))
            }
        }
        return resources
    }

    private func run<O: ImmediateOperation>(
        _ operation: O.Type,
        _ authorized: Authorized<O>
    ) throws(WireError) -> O.Response where O.Service == Service {
        do throws(Service.Failure) {
            return try O.run(authorized, in: service)
        } catch {
            throw wire(of: error, O.self, authorized.call)
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

    /// Makes the answer of an outcome and records it; an outcome that cannot be recorded is not given.
    private func recorded<O: ServiceOperation>(
        _ attempt: Attempt<O>,
        _ outcome: Result<O.Response, WireError>,
        in room: TrailRoom? = nil
    ) -> Reply {
        let concluded = conclude(attempt, outcome)
        do throws(WireError) {
            let (event, requestID) = (concluded.event, attempt.call.requestID)
            if let room {
                try recorder.record(event, of: requestID, in: room)
            } else {
                try recorder.record(event, of: requestID)
            }
            return concluded.reply
        } catch {
            return .failure(error, requestID: attempt.call.requestID)
        }
    }

    /// The answer of an outcome with the event that must be recorded before it is given.
    private func conclude<O: ServiceOperation>(
        _ attempt: Attempt<O>,
        _ outcome: Result<O.Response, WireError>
    ) -> UnrecordedReply {
        let reply: Reply
        switch outcome {
        case .failure(let error):
            reply = .failure(error, requestID: attempt.call.requestID)
        case .success(let response):
            let body =
                O.Response.self == NoOutput.self ? [] : OutputWriter.body { O.encode(response, into: &$0) }
            reply = .success(body, for: attempt.call)
        }
        return UnrecordedReply(reply: reply, event: attempt.event(for: outcome).render())
    }
}
