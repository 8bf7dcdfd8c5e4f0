package import AWSProtocol
import Authorization
package import Trail

/// Hands audit events to the trail and refuses what cannot be recorded.
package struct AuditRecorder: Sendable {
    private let writer: TrailWriter
    /// Told of every failure that is the server's own, so that it does not end in an answer alone.
    package let onFault: @Sendable (ServerFault) -> Void
    /// Told of every missing permission: the caller learns no more of it than AWS says.
    package let onDenial: @Sendable (Denial) -> Void

    package init(
        writer: TrailWriter,
        onFault: @escaping @Sendable (ServerFault) -> Void = { _ in },
        onDenial: @escaping @Sendable (Denial) -> Void = { _ in }
    ) {
        self.writer = writer
        self.onFault = onFault
        self.onDenial = onDenial
    }

    /// Appends one event; when this returns the operating system has it.
    ///
    /// - Throws: `WireError.auditUnavailable` when the trail cannot be written.
    package func record(_ event: borrowing AuditEvent) throws(WireError) {
        try record(event.render(), of: nil)
    }

    /// Appends one rendered event; the request's id is for the operator, should it fail.
    package func record(_ event: [UInt8], of requestID: RequestID?) throws(WireError) {
        try record([event], of: requestID)
    }

    /// Appends rendered events, all of them or none, with one write.
    ///
    /// - Throws: `WireError.auditUnavailable` when the trail cannot be written.
    package func record(_ events: [[UInt8]], of requestID: RequestID? = nil) throws(WireError) {
        do throws(TrailError) {
            try writer.append(events, lane: TrailLane.current(of: writer.laneCount))
        } catch {
            throw refusal(error, requestID)
        }
    }

    /// Appends the events of changes in the rooms that were taken for them.
    ///
    /// - Throws: `WireError.auditUnavailable` when the trail cannot be written all the same; it then keeps the
    ///   events, and tells of the changes before anything else.
    package func record(_ events: [PromisedEvent], of requestID: RequestID? = nil) throws(WireError) {
        do throws(TrailError) {
            try writer.append(events)
        } catch {
            throw refusal(error, requestID)
        }
    }

    /// Takes room for the event of a change before it begins, so that a disk that fills up meanwhile does not
    /// keep the change from being told.
    ///
    /// - Throws: `WireError.auditUnavailable` when the trail does not take events, or has no room.
    func reserve(_ bytes: Int, for call: Call) throws(WireError) -> TrailRoom {
        try requireWritable()
        do throws(TrailError) {
            return try writer.reserve(bytes, lane: TrailLane.current(of: writer.laneCount))
        } catch {
            throw refusal(error, call.requestID)
        }
    }

    /// Refuses to begin a change while the trail is known not to take events.
    package func requireWritable() throws(WireError) {
        guard writer.isWritable else { throw .auditUnavailable }
    }

    private func refusal(_ error: TrailError, _ id: RequestID?) -> WireError {
        onFault(ServerFault(step: "trail", requestID: id, reason: "\(error)"))
        return .auditUnavailable
    }
}

extension AuditEvent {
    /// An event for a call, with who and where filled in.
    package init(_ call: Call, source: String, name: String) {
        self.init(
            userIdentity: AuditIdentity.rendered(call.caller, accessKeyID: call.accessKeyID),
            eventTime: call.now,
            eventSource: source,
            eventName: name,
            awsRegion: call.region.description,
            sourceIPAddress: call.invokedBy ?? call.source.ipAddress,
            userAgent: call.invokedBy ?? call.source.userAgent,
            requestID: EventUUID(call.requestID),
            eventID: EventUUID(call.eventID),
            recipientAccountID: call.caller.account ?? ""
        )
        // No `map`: across modules it is not specialised, and looks its types up for every request.
        if let tls = call.source.tls {
            tlsDetails = TLSDetails(
                tlsVersion: tls.version,
                cipherSuite: tls.cipherSuite,
                clientProvidedHostHeader: tls.clientProvidedHostHeader
            )
        }
    }
}

extension EventUUID {
    /// The id of a request or an event as the trail writes it.
    package init<Purpose>(_ id: UniqueID<Purpose>) {
        self.init(high: id.high, low: id.low)
    }
}
