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
    let services: [AWSService: any ServedService]
    let regions: [Region]
    let recorder: AuditRecorder
    /// Counts every answer that the gateway gives, once.
    package let metrics: RequestMetrics
    let signingKeys = SigningKeyCache()
    let now: @Sendable () -> Date

    /// Serves the given services in the given Regions, the default one first; requests for other services of
    /// AWS get an error that says so.
    package init(
        identities: IdentityDirectory,
        services: [AWSService: any ServedService],
        regions: [Region],
        recorder: AuditRecorder,
        now: @escaping @Sendable () -> Date
    ) {
        self.identities = identities
        self.services = services
        self.regions = regions
        self.recorder = recorder
        self.now = now
        metrics = RequestMetrics(operations: services.mapValues(\.operationNames))
    }

    /// Answers a request; it never fails, since every failure is an answer too.
    package func answer(_ request: GatewayRequest) async -> GatewayResponse {
        let start = MonotonicTime.now
        let response = await answer(Arrival(request, at: now()))
        metrics.record(response.row, response.result, lane: .slow, since: start)
        return response
    }

    private func answer(_ arrival: Arrival) async -> GatewayResponse {
        switch examine(arrival) {
        case .answered(let response): return response
        case .proceed(let claimed):
            do throws(IAMError) {
                let credential = try await identities.load(claimed.claim.accessKeyID)
                return await answer(claimed, credential)
            } catch {
                recorder.onFault(
                    ServerFault(step: "identities", requestID: arrival.requestID, reason: "\(error)")
                )
                return refuse(claimed, with: GatewayError.internalFailure(claimed.family))
            }
        }
    }

    /// Answers a request without waiting for anything, or nil when that is not possible; then nothing was done
    /// or recorded yet.
    package func answerNow(_ request: GatewayRequest) -> GatewayResponse? {
        let start = MonotonicTime.now
        guard let response = answerNow(Arrival(request, at: now())) else { return nil }
        metrics.record(response.row, response.result, lane: .fast, since: start)
        return response
    }

    private func answerNow(_ arrival: Arrival) -> GatewayResponse? {
        switch examine(arrival) {
        case .answered(let response): return response
        case .proceed(let claimed):
            guard let credential = identities.resident(claimed.claim.accessKeyID) else { return nil }
            switch admit(claimed, credential) {
            case .answered(let response): return response
            case .proceed(let admitted): return dispatchNow(admitted)
            }
        }
    }

    /// The answer to a request whose body is longer than `bodyBytesMax`, made of its head alone.
    package func bodyTooLarge(_ head: GatewayRequest) -> GatewayResponse {
        let service = Self.likelyService(of: head.request)
        let error = GatewayError.bodyTooLarge(service.wireProtocol, bytesMax: Self.bodyBytesMax)
        let response = GatewayResponse(
            error,
            from: service,
            requestID: .random(),
            countedIn: metrics.rows(of: service).row(nil)
        )
        metrics.record(response.row, response.result, lane: .slow, nanoseconds: 0)
        return response
    }

    private func answer(_ claimed: Claimed, _ credential: Credential?) async -> GatewayResponse {
        switch admit(claimed, credential) {
        case .answered(let response): return response
        case .proceed(let admitted): return await dispatch(admitted)
        }
    }
}

/// What a stage of the gateway comes to.
enum Stage<Next> {
    /// The request is refused.
    case answered(GatewayResponse)
    case proceed(Next)
}

/// A request with what it got on its way in.
struct Arrival {
    let request: GatewayRequest
    let requestID = RequestID.random()
    let now: Date

    init(_ request: GatewayRequest, at now: Date) {
        self.request = request
        self.now = now
    }
}

/// A request that says who signed it; nothing of that is proved.
struct Claimed {
    let arrival: Arrival
    let target: ServiceTarget
    let claim: SignatureClaim
    let region: Region

    var family: WireProtocol { target.service.wireProtocol }
}

/// A request whose signature was proved.
struct Admitted {
    let claimed: Claimed
    let call: Call
}
