package import AWSProtocol
package import Operations
package import Trail

/// What kept the events of answers from being recorded, and so the answers from being given.
package struct RecordingFailures: Sendable {
    /// Of events without a room of their own.
    private let events: WireError?
    /// Of events of changes.
    private let promised: WireError?

    /// Records what is to be recorded of some answers: first of all what tells of changes.
    package init(
        of recorder: AuditRecorder,
        recording events: [[UInt8]],
        promised: [PromisedEvent],
        for requestID: RequestID? = nil
    ) {
        self.promised = Self.failure { () throws(WireError) in
            if !promised.isEmpty { try recorder.record(promised, of: requestID) }
        }
        self.events = Self.failure { () throws(WireError) in
            if !events.isEmpty { try recorder.record(events, of: requestID) }
        }
    }

    /// Records what is to be recorded of one answer.
    package init(of recorder: AuditRecorder, recording answer: UnrecordedAnswer) {
        self.init(
            of: recorder,
            recording: answer.events,
            promised: answer.promised.map { [$0] } ?? [],
            for: answer.requestID
        )
    }

    /// Why an answer of those cannot be given.
    package func of(_ answer: UnrecordedAnswer) -> WireError? {
        if answer.promised != nil, let promised { return promised }
        return answer.events.isEmpty ? nil : events
    }

    private static func failure(_ record: () throws(WireError) -> Void) -> WireError? {
        do throws(WireError) {
            try record()
            return nil
        } catch {
            return error
        }
    }
}
