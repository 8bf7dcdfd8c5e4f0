import AWSProtocol
import Authorization
import Trail

/// One call to one operation on its way through the frame, with what the audit event will need of it.
///
/// It takes the operation with every step instead of being generic itself: the frame is not specialised for
/// each operation, so each generic type on this way is looked up anew for every request.
struct Attempt {
    private(set) var call: Call
    private var input: Input?
    /// What the event shows of the request, once somebody asked how long that is.
    private var shownInput: [UInt8]?
    private(set) var requirements: [Requirement] = []
    /// Whether a permission was missing.
    private(set) var isDenied = false

    init(call: Call) {
        self.call = call
    }

    /// The checked request.
    mutating func decode<Operation: ServiceOperation>(
        _ body: JSON,
        for operation: Operation.Type
    ) throws(WireError) -> Operation.Request {
        let input: Input
        do throws(InputFailure) {
            input = try InputDecoder.decode(body, as: Operation.input)
        } catch {
            throw error.wire
        }
        return try take(input, for: operation)
    }

    /// The checked request of members whose shapes were checked.
    mutating func take<Operation: ServiceOperation>(
        _ input: Input,
        for operation: Operation.Type
    ) throws(WireError) -> Operation.Request {
        self.input = input
        do throws(Operation.Service.Failure) {
            return try Operation.request(from: input, for: call)
        } catch {
            throw error.wire
        }
    }

    /// Notes who asks, where that is another than the one who signed.
    mutating func identify(_ caller: Caller) {
        if caller !== call.caller { call = call.made(by: caller) }
    }

    /// The request with the proof that it is permitted.
    mutating func authorize<Operation: ServiceOperation>(
        _ request: Operation.Request,
        on resources: [Operation.Service.Resource],
        for operation: Operation.Type
    ) throws(WireError) -> Authorized<Operation> {
        requirements = Operation.requirements(of: request, on: resources, for: call)
        let decisions: [Decision]
        do throws(WireError) {
            decisions = try Authorizing.decisions(on: requirements, for: call)
        } catch {
            isDenied = true
            throw error
        }
        return Authorized(request: request, resources: resources, call: call, decisions: decisions)
    }

    /// What the caller is told of a resource that was not found: its absence only if the caller's own
    /// policies would have let it use the resource, the usual denial otherwise.
    mutating func concealing<Operation: ServiceOperation>(
        _ failure: Operation.Service.Failure,
        as wire: WireError,
        for operation: Operation.Type
    ) -> WireError {
        guard let absent = failure.absentResource else { return wire }
        requirements = [
            Requirement(Operation.action, on: absent, conditions: NoConditions(), allowsOtherAccounts: true)
        ]
        do throws(WireError) {
            _ = try Authorizing.decisions(on: requirements, for: call)
            return wire
        } catch {
            isDenied = true
            return error
        }
    }

    /// More bytes than the audit event of this call will have, whatever its outcome.
    ///
    /// Answers of operations that change something repeat what was asked, and add keys and tokens that the
    /// rest has room for.
    mutating func eventBytesMax() -> Int {
        if shownInput == nil, let input { shownInput = RequestParameters.render(input) }
        return 2 * (shownInput?.count ?? 0) + (32 << 10)
    }

    /// The CloudTrail record of a call that failed, as JSON.
    func event<Operation: ServiceOperation>(
        of operation: Operation.Type,
        failed error: WireError
    ) -> AuditEvent {
        var event = begunEvent(of: operation)
        event.errorCode = error.code
        event.errorMessage = error.message
        return event
    }

    /// The CloudTrail record of a call that succeeded and whose answer no wire carries.
    func event<Operation: ServiceOperation>(
        of operation: Operation.Type,
        answered response: Operation.Response
    ) -> AuditEvent {
        guard Operation.showsResponse else { return event(of: operation, answered: response, showing: nil) }
        let answer = OutputWriter.auditFragment { Operation.encode(response, into: &$0) }
        return event(of: operation, answered: response, showing: answer)
    }

    /// The CloudTrail record of a call that succeeded, as JSON; it shows of the answer what is given.
    func event<Operation: ServiceOperation>(
        of operation: Operation.Type,
        answered response: Operation.Response,
        showing answer: [UInt8]?
    ) -> AuditEvent {
        var event = begunEvent(of: operation)
        if !Operation.isReadOnly {
            // What is made under a name that was asked for is the resource that was authorized.
            for resource in Operation.madeResources(in: response)
            where !event.resources.contains(where: { $0.arn == resource.arn }) {
                event.name(resource)
            }
        }
        event.responseElements = answer
        event.additionalEventData = OutputWriter.auditFragment {
            Operation.auditDetail(of: response, into: &$0)
        }
        return event
    }

    /// The account whose resource a caller of another account asked for; nil for calls within one account.
    var otherAccount: AccountID? {
        guard let own = call.caller.account else { return nil }
        return requirements.first { $0.resource.type != nil && $0.resource.account.description != own }?
            .resource.account
    }

    /// An answer with its event and those of the calls that helped to answer; for a call across accounts with that of
    /// the resource's owner, too.
    ///
    /// Both accounts' events have the same `sharedEventID`; the owner sees of the caller which account and which principal it is.
    /// Source: CloudTrail User Guide, "CloudTrail record contents" and "userIdentity element".
    func unrecorded(
        _ reply: Reply,
        _ event: consuming AuditEvent,
        in room: TrailRoom? = nil
    ) -> UnrecordedReply {
        let helpers = call.takeCompanions()
        guard let owner = otherAccount else {
            return UnrecordedReply(reply: reply, event: event.render(), companions: helpers, room: room)
        }
        event.sharedEventID = EventID.random().description
        let own = event.render()
        event.eventID = EventUUID(EventID.random())
        event.recipientAccountID = owner.description
        event.userIdentity =
            AuditIdentity(
                kind: .awsAccount,
                principalID: call.caller.uniqueID,
                accountID: call.caller.account,
                invokedBy: call.invokedBy
            ).rendered
        return UnrecordedReply(
            reply: reply,
            event: own,
            companions: helpers + [event.render()],
            room: room
        )
    }

    /// What the record has whatever the outcome.
    private func begunEvent<Operation: ServiceOperation>(of operation: Operation.Type) -> AuditEvent {
        var event = AuditEvent(call, source: Operation.Service.eventSource, name: Operation.name)
        event.readOnly = Operation.isReadOnly
        if let input { event.requestParameters = shownInput ?? RequestParameters.render(input) }
        event.resources.reserveCapacity(requirements.count)
        for requirement in requirements { event.name(requirement.resource) }
        if event.recipientAccountID.isEmpty, let resource = event.resources.first {
            // Whoever belongs to no account asked this one for something.
            event.recipientAccountID = resource.accountID
        }
        return event
    }
}

extension AuditEvent {
    /// Adds a resource to those that the event names, where its kind has a name in CloudTrail.
    fileprivate mutating func name(_ resource: ProtectedResource) {
        guard let type = resource.type else { return }
        resources.append(Resource(accountID: resource.account.description, type: type, arn: resource.arn))
    }
}
