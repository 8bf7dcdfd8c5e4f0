import AWSProtocol
package import Operations

/// What the gateway answers without waiting for anything.
package enum ImmediateAnswer: Sendable {
    /// Neither recorded nor counted yet.
    case answered(UnrecordedAnswer)
    /// Work that would hold up the thread that asks.
    case deferred(DeferredAnswer)
}

/// A request that is accepted and authorized, with its work still to be done.
package struct DeferredAnswer: Sendable {
    private let reply: DeferredReply
    private let frame: AnswerFrame

    init(_ reply: DeferredReply, framed frame: AnswerFrame) {
        self.reply = reply
        self.frame = frame
    }

    /// Does the work on a thread for it and hands over the answer there; to be called once.
    ///
    /// `handOver` says whom to tell when answers have come.
    package func start(_ handOver: @escaping @Sendable (UnrecordedAnswer) -> (any WorkReceiver)?) {
        reply.start { [frame] in handOver(frame.answer($0.reply, events: $0.events)) }
    }
}

/// What an answer has of its request.
struct AnswerFrame: Sendable {
    let service: AWSService
    let requestID: RequestID
    let row: RequestMetrics.Row

    /// The answer of the operation, with those of its events that are not recorded already.
    func answer(_ reply: Reply, events: [[UInt8]]) -> UnrecordedAnswer {
        UnrecordedAnswer(
            response: GatewayResponse(reply),
            events: events,
            service: service,
            requestID: requestID,
            row: row
        )
    }
}
