package import AWSProtocol
import Trail

/// The entry of an operation that the service's model has and this deployment does not offer.
///
/// It answers every call with the same refusal, which is recorded like any other.
package struct NotOffered<Service: OperationService>: OperationEntry {
    package let name: String
    private let reason: String

    /// `reason` is a sentence for the caller that tells why.
    package init(_ name: String, because reason: String) {
        self.name = name
        self.reason = reason
    }

    package var input: [Member] { [] }
    package var errors: [String] { [] }
    package var acceptsUnsigned: Bool { false }
    package var isImmediate: Bool { false }

    package func unrecordedAnswer(
        _ call: Call,
        body: JSON,
        in frame: OperationFrame<Service>
    ) async -> UnrecordedReply {
        let refusal = WireError(
            code: Service.dialect.family == .json ? "UnsupportedOperationException" : "UnsupportedOperation",
            message: "The operation \(name) is not supported. \(reason)",
            httpStatus: 400
        )
        var event = AuditEvent(call, source: Service.eventSource, name: name)
        event.errorCode = refusal.code
        event.errorMessage = refusal.message
        return UnrecordedReply(
            reply: .failure(refusal, requestID: call.requestID, in: Service.dialect),
            event: event.render()
        )
    }

    package func answerNow(
        _ call: Call,
        body: JSON,
        in frame: OperationFrame<Service>
    ) -> ImmediateReply? { nil }
}
