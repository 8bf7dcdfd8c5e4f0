import AWSProtocol
package import Operations

/// What the gateway answers without waiting for anything.
package enum ImmediateAnswer: Sendable {
    /// Neither recorded nor counted yet.
    case answered(UnrecordedAnswer)
    /// Work that would hold up the thread that asks, or other requests that it has at hand.
    case deferred(DeferredAnswer)
    /// What has to wait, for the store or for what is not in memory.
    case waiting(WaitingAnswer)
}

/// A request that is accepted, to be answered by ``AWSGateway/answer(_:)-(WaitingAnswer)``.
package struct WaitingAnswer: Sendable {
    let admitted: Admitted
}

/// A request that is accepted and authorized, with its work still to be done.
package struct DeferredAnswer: Sendable {
    private let reply: DeferredReply
    private let frame: AnswerFrame

    init(_ reply: DeferredReply, framed frame: AnswerFrame) {
        self.reply = reply
        self.frame = frame
    }

    /// Whether the work has to be done by another thread than those that answer requests.
    var leavesThread: Bool { reply.leavesThread }

    /// Does the work now, on the thread that asks; to be called once, and not where it leaves the thread.
    func finish() -> UnrecordedAnswer {
        frame.answer(reply.finish())
    }

    /// Does the work on a thread for it and hands over the answer there; to be called once.
    ///
    /// `handOver` says whom to tell when answers have come.
    package func start(_ handOver: @escaping @Sendable (UnrecordedAnswer) -> (any WorkReceiver)?) {
        reply.start { [frame] in handOver(frame.answer($0)) }
    }
}

/// What an answer has of its request.
struct AnswerFrame: Sendable {
    let service: AWSService
    let requestID: RequestID
    let row: RequestMetrics.Row

    func answer(_ made: UnrecordedReply) -> UnrecordedAnswer {
        UnrecordedAnswer(
            response: GatewayResponse(made.reply),
            events: made.events,
            promised: made.promised,
            service: service,
            requestID: requestID,
            row: row
        )
    }
}
