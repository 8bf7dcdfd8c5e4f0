import AWSProtocol
import Authorization
import IAM
import Operations
import Trail

extension AWSGateway {
    /// Finds the service and the claimed signature, and holds the claim's scope against both.
    func examine(_ arrival: Arrival) -> Stage<Claimed> {
        let request = arrival.request.request
        let parsed = Self.claim(of: request, recalling: arrival.memory)
        if let claim = parsed.success,
            let destination = arrival.memory?.destination(of: arrival.request, claiming: claim)
        {
            return .proceed(Claimed(arrival, to: destination, claiming: claim))
        }
        let scopeService = parsed.success?.scope.service
        let target: ServiceTarget
        do throws(TargetFailure) {
            target = try Self.target(of: arrival.request, scopeService: scopeService)
        } catch {
            let target = ServiceTarget(service: error.answeringAs, operation: nil)
            return .answered(
                refuse(
                    anonymous(arrival, parsed.success?.accessKeyID),
                    target,
                    countedIn: .unknown,
                    with: error.wire
                )
            )
        }
        let route = services[target.service]
        let operation = target.operation.flatMap { route?.service.operation($0) }
        let row = (route?.rows ?? metrics.rows(of: target.service)).row(operation?.index)
        if case .failure(.missingAuthentication) = parsed, operation?.acceptsUnsigned == true {
            let destination = Destination(
                target: target,
                operation: operation,
                row: row,
                region: regions[0]
            )
            return .proceed(Claimed(arrival, to: destination, claiming: nil))
        }
        do throws(SigV4Failure) {
            let claim = try parsed.get()
            let region = try claim.requireScope(service: target.service, in: regions)
            let destination = Destination(target: target, operation: operation, row: row, region: region)
            arrival.memory?.keep(destination, of: arrival.request, claiming: claim)
            return .proceed(Claimed(arrival, to: destination, claiming: claim))
        } catch {
            return .answered(refuse(arrival, target, row, accessKeyID: parsed.success?.accessKeyID, error))
        }
    }

    /// Proves the signature with the credential the claim names.
    func admit(
        _ claimed: Claimed,
        _ claim: SignatureClaim,
        _ lookup: CredentialLookup
    ) -> Stage<Admitted> {
        let arrival = claimed.arrival
        do throws(SigV4Failure) {
            let credential: Credential
            switch lookup {
            case .found(let found): credential = found
            case .refused(let failure): throw failure
            }
            try credential.check(claim, at: arrival.now)
            let key = signingKey(of: claim, credential, on: arrival.memory)
            try SigV4.verify(claim, of: arrival.request.request, with: key, now: arrival.now)
            identities.noteUse(
                of: credential,
                service: claimed.target.service,
                region: claimed.region,
                at: arrival.now
            )
            let call = Call(
                caller: credential.caller,
                region: claimed.region,
                now: arrival.now,
                source: arrival.memory?.source(of: arrival.request) ?? arrival.request.source,
                accessKeyID: claim.accessKeyID,
                requestID: arrival.requestID
            )
            return .proceed(Admitted(claimed, as: call))
        } catch {
            if case .signatureMismatch = error { arrival.guessedKey = claim.accessKeyID }
            return .answered(
                refuse(arrival, claimed.target, claimed.row, accessKeyID: claim.accessKeyID, error)
            )
        }
    }

    private func signingKey(
        of claim: SignatureClaim,
        _ credential: Credential,
        on memory: ConnectionMemory?
    ) -> SigningKey {
        if let known = memory?.signingKey(of: claim, credential) { return known }
        let key = signingKeys.key(for: claim.accessKeyID, secret: credential.secret, scope: claim.scope)
        memory?.keep(key, of: claim, credential)
        return key
    }

    /// A request without a signature, for an operation that finds out itself who asks.
    func admitUnsigned(_ claimed: Claimed) -> Admitted {
        let arrival = claimed.arrival
        let call = Call(
            caller: .anonymous,
            region: claimed.region,
            now: arrival.now,
            source: arrival.request.source,
            accessKeyID: nil,
            requestID: arrival.requestID
        )
        return Admitted(claimed, as: call)
    }

    /// The service a request seems to be for, judged by its head.
    static func likelyService(of request: SignedRequest) -> AWSService {
        let scopeService = claim(of: request).success?.scope.service
        do throws(ServiceTargetError) {
            return try ServiceTarget.recognize(
                headers: request.headers,
                form: nil,
                rawQuery: request.rawQuery,
                scopeService: scopeService
            ).service
        } catch {
            return TargetFailure.target(error).answeringAs
        }
    }

    private static func claim(
        of request: SignedRequest,
        recalling memory: ConnectionMemory? = nil
    ) -> Result<SignatureClaim, SigV4Failure> {
        Result { () throws(SigV4Failure) in try SigV4.parse(request, recalling: memory?.signing) }
    }

    private static func target(
        of request: GatewayRequest,
        scopeService: String?
    ) throws(TargetFailure) -> ServiceTarget {
        let form: Form?
        do throws(FormError) {
            form = try request.form()
        } catch {
            throw .form(error)
        }
        do throws(ServiceTargetError) {
            return try ServiceTarget.recognize(
                headers: request.request.headers,
                form: form,
                rawQuery: request.request.rawQuery,
                scopeService: scopeService
            )
        } catch {
            throw .target(error)
        }
    }
}

// MARK: Refusals

extension AWSGateway {
    /// A call of nobody knows whom, for the event of a request that was refused before that was proved.
    func anonymous(_ arrival: Arrival, _ accessKeyID: String?) -> Call {
        Call(
            caller: .anonymous,
            region: regions[0],
            now: arrival.now,
            source: arrival.request.source,
            accessKeyID: accessKeyID,
            requestID: arrival.requestID
        )
    }

    /// The answer to a request that was not accepted as signed.
    private func refuse(
        _ arrival: Arrival,
        _ target: ServiceTarget,
        _ row: RequestMetrics.Row,
        accessKeyID: String?,
        _ failure: SigV4Failure
    ) -> UnrecordedAnswer {
        let call = anonymous(arrival, accessKeyID)
        return refuse(call, target, countedIn: row, with: failure.wireError(for: target.service.wireProtocol))
    }

    /// The answer to a request that failed before its caller was known.
    func refuse(_ claimed: Claimed, with error: WireError) -> UnrecordedAnswer {
        let call = Call(
            caller: .anonymous,
            region: claimed.region,
            now: claimed.arrival.now,
            source: claimed.arrival.request.source,
            accessKeyID: claimed.claim?.accessKeyID,
            requestID: claimed.arrival.requestID
        )
        return refuse(call, claimed.target, countedIn: claimed.row, with: error)
    }

    /// The answer with an error that no operation's frame records.
    func refuse(
        _ call: Call,
        _ target: ServiceTarget,
        countedIn row: RequestMetrics.Row,
        with error: WireError
    ) -> UnrecordedAnswer {
        let service = target.service
        var event = AuditEvent(
            call,
            source: service.eventSource,
            name: target.operation ?? "UnknownOperation"
        )
        event.errorCode = error.code
        event.errorMessage = error.message
        return UnrecordedAnswer(
            response: GatewayResponse(error, from: service, requestID: call.requestID),
            events: [event.render()],
            service: service,
            requestID: call.requestID,
            row: row
        )
    }
}

/// Why no service can be found for a request.
private enum TargetFailure: Error {
    case target(ServiceTargetError)
    case form(FormError)

    var wire: WireError {
        switch self {
        case .target(let error): error.wire
        case .form(let error): error.wire
        }
    }

    /// The service in whose protocol to answer.
    var answeringAs: AWSService {
        let family =
            switch self {
            case .target(let error): error.wireProtocol
            case .form: WireProtocol.query
            }
        return switch family {
        case .json: .kms
        case .query: .sts
        case .restXML: .s3
        }
    }
}

extension Result {
    /// The value, or nil where it does not matter why there is none.
    fileprivate var success: Success? {
        if case .success(let value) = self { value } else { nil }
    }
}
