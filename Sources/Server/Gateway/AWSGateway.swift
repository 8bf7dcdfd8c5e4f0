package import AWSProtocol
package import IAM
package import Operations

package import struct Foundation.Date

/// What the AWS door decides about a request: which service is meant, who asks, and what to answer.
///
/// It knows no sockets. A connection's reader gives it requests and writes what it answers, by whichever of
/// the two ways suits: `answer` may wait, `answerNow` never does.
package struct AWSGateway: Sendable {
    /// The longest body of a request to a JSON or Query service.
    package static let bodyBytesMax = 1 << 20
    /// How deep the JSON of a request may nest.
    static let jsonDepthMax = 32

    let identities: IdentityDirectory
    let services: [AWSService: Route]
    let regions: [Region]
    let recorder: AuditRecorder
    /// Counts every answer that the gateway gives, once.
    package let metrics: RequestMetrics
    /// Nil where there is no store that could be out of reach.
    let contact: StoreContact?
    let signingKeys = SigningKeyCache()
    let signatureFailures: SignatureFailures
    let now: @Sendable () -> Date

    /// Serves the given services in the given Regions, the default one first.
    ///
    /// Requests for other services of AWS get an error that says so. `pause` is how refusals of guessed
    /// signatures are kept back; without it they are not.
    package init(
        identities: IdentityDirectory,
        services: [AWSService: any ServedService],
        regions: [Region],
        recorder: AuditRecorder,
        contact: StoreContact? = nil,
        pause: (@Sendable (_ seconds: Double) async -> Void)? = nil,
        now: @escaping @Sendable () -> Date
    ) {
        self.identities = identities
        let metrics = RequestMetrics(operations: services.mapValues(\.operationNames))
        self.metrics = metrics
        self.services = Dictionary(
            uniqueKeysWithValues: services.map { ($0, Route(service: $1, rows: metrics.rows(of: $0))) }
        )
        self.regions = regions
        self.recorder = recorder
        self.contact = contact
        signatureFailures = SignatureFailures { seconds in await pause?(seconds) }
        self.now = now
    }

    /// Answers a request; it never fails, since every failure is an answer too.
    package func answer(_ request: GatewayRequest) async -> GatewayResponse {
        let start = MonotonicTime.now
        let arrival = Arrival(request, at: now())
        let answer = await answer(arrival)
        let response = recorded(answer)
        metrics.record(answer.row, response.result, lane: .slow, since: start)
        if let key = arrival.guessedKey { await signatureFailures.hold(key, at: arrival.now) }
        return response
    }

    /// Answers a request without waiting for anything, or leaves its work to be started; the answer is neither
    /// recorded nor counted yet.
    ///
    /// `memory` is that of the connection. Nil when the request cannot even be accepted without waiting; then nothing
    /// was done.
    package func answerNow(
        _ request: GatewayRequest,
        recalling memory: ConnectionMemory? = nil
    ) -> ImmediateAnswer? {
        let arrival = Arrival(request, at: now(), on: memory)
        switch examine(arrival) {
        case .answered(let answer): return .answered(answer)
        case .proceed(let claimed):
            if let refusal = refusalIfStoreIsLost(claimed) { return .answered(refusal) }
            guard let claim = claimed.claim, let credential = identities.resident(claim.accessKeyID) else {
                return nil
            }
            switch admit(claimed, claim, .found(credential)) {
            // A wrong signature may have to be kept waiting.
            case .answered(let answer): return arrival.guessedKey == nil ? .answered(answer) : nil
            case .proceed(let admitted):
                let waiting = ImmediateAnswer.waiting(WaitingAnswer(admitted: admitted))
                // That there is no such operation is told at once.
                return claimed.operation?.isImmediate == false ? waiting : dispatchNow(admitted) ?? waiting
            }
        }
    }

    /// Answers a request that ``answerNow(_:recalling:)`` accepted and that has to wait; the answer is neither recorded
    /// nor counted yet.
    package func answer(_ waiting: WaitingAnswer) async -> UnrecordedAnswer {
        await dispatch(waiting.admitted)
    }

    /// The response of an answer that was made in a lane, and counts it; `failures` are what kept events from being recorded.
    package func settle(
        _ answer: UnrecordedAnswer,
        after failures: RecordingFailures,
        in lane: RequestLane,
        since start: MonotonicTime,
        at now: MonotonicTime = .now
    ) -> GatewayResponse {
        let response = failures.of(answer).map(answer.withheld) ?? answer.response
        metrics.record(answer.row, response.result, lane: lane, nanoseconds: now.since(start))
        return response
    }

    private func answer(_ arrival: Arrival) async -> UnrecordedAnswer {
        switch examine(arrival) {
        case .answered(let answer): return answer
        case .proceed(let claimed):
            if let refusal = refusalIfStoreIsLost(claimed) { return refusal }
            guard let claim = claimed.claim else { return await dispatch(admitUnsigned(claimed)) }
            do throws(IAMError) {
                let lookup = try await identities.load(claim, at: arrival.now)
                switch admit(claimed, claim, lookup) {
                case .answered(let answer): return answer
                case .proceed(let admitted): return await dispatch(admitted)
                }
            } catch {
                recorder.onFault(
                    ServerFault(step: "identities", requestID: arrival.requestID, reason: "\(error)")
                )
                return refuse(claimed, with: GatewayError.internalFailure(claimed.family))
            }
        }
    }

    /// The answer to a request whose body is longer than `bodyBytesMax`, made of its head alone.
    package func bodyTooLarge(_ head: GatewayRequest) -> GatewayResponse {
        let service = Self.likelyService(of: head.request)
        let error = GatewayError.bodyTooLarge(service.wireProtocol, bytesMax: Self.bodyBytesMax)
        let answer = refuse(
            anonymous(Arrival(head, at: now()), nil),
            ServiceTarget(service: service, operation: nil),
            countedIn: metrics.rows(of: service).row(nil),
            with: error
        )
        let response = recorded(answer)
        metrics.record(answer.row, response.result, lane: .slow, nanoseconds: 0)
        return response
    }

    /// The answer to any request while what is in memory is too old to decide by.
    private func refusalIfStoreIsLost(_ claimed: Claimed) -> UnrecordedAnswer? {
        guard contact?.isLost == true else { return nil }
        return refuse(claimed, with: GatewayError.storeLost(claimed.family))
    }

    /// The response of an answer once its event is recorded.
    func recorded(_ answer: UnrecordedAnswer) -> GatewayResponse {
        let failures = RecordingFailures(of: recorder, recording: answer)
        return failures.of(answer).map(answer.withheld) ?? answer.response
    }
}

/// A service and where its requests are counted.
struct Route: Sendable {
    let service: any ServedService
    let rows: RequestMetrics.ServiceRows
}

/// What a stage of the gateway comes to.
enum Stage<Next> {
    /// The request is refused.
    case answered(UnrecordedAnswer)
    case proceed(Next)
}

/// A request with what it got on its way in.
///
/// A class, because every later stage holds it.
final class Arrival {
    let request: GatewayRequest
    let requestID = RequestID.random()
    let now: Date
    /// What is known of the connection; nil where nothing is kept of it.
    let memory: ConnectionMemory?
    /// The access key whose signature was wrong.
    var guessedKey: String?

    init(_ request: GatewayRequest, at now: Date, on memory: ConnectionMemory? = nil) {
        self.request = request
        self.now = now
        self.memory = memory
    }
}

/// A request that says who signed it; nothing of that is proved.
///
/// A class, because every later stage holds it, and a copy would retain each of its many parts.
final class Claimed {
    let arrival: Arrival
    let destination: Destination
    /// Nil for a request without a signature, which some operations take.
    let claim: SignatureClaim?

    init(_ arrival: Arrival, to destination: Destination, claiming claim: SignatureClaim?) {
        self.arrival = arrival
        self.destination = destination
        self.claim = claim
    }

    var target: ServiceTarget { destination.target }
    var operation: (any ServedOperation)? { destination.operation }
    var row: RequestMetrics.Row { destination.row }
    var region: Region { destination.region }
    var family: WireProtocol { target.service.wireProtocol }
}

/// A request whose signature was proved.
struct Admitted: Sendable {
    let destination: Destination
    let request: GatewayRequest
    let call: Call

    init(_ claimed: Claimed, as call: Call) {
        destination = claimed.destination
        request = claimed.arrival.request
        self.call = call
    }
}
