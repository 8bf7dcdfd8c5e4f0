package import AWSProtocol
import Trail

/// The entry of an operation that AWS has and this deployment does not: it is answered with a sentence that says so.
package struct Refused<Service: OperationService>: OperationEntry {
    package let name: String
    private let reason: String

    /// The reason is a whole sentence, such as `Events are not archived.`.
    package init(_ name: String, _ reason: String) {
        self.name = name
        self.reason = reason
    }

    package var input: [Member] { [] }
    package var errors: [String] { [] }
    package var acceptsUnsigned: Bool { false }
    package var isImmediate: Bool { false }

    package func answer(_ call: Call, body: JSON, in frame: OperationFrame<Service>) async -> Reply {
        let code = Service.dialect.family == .json ? "UnsupportedOperationException" : "InvalidAction"
        let error = WireError(
            code: code,
            message: "The operation \(name) is not supported. \(reason)",
            httpStatus: 400
        )
        var event = AuditEvent(call, source: Service.eventSource, name: name)
        event.errorCode = error.code
        event.errorMessage = error.message
        do throws(WireError) {
            try frame.recorder.record(event)
            return .failure(error, requestID: call.requestID, in: Service.dialect)
        } catch {
            return .failure(error, requestID: call.requestID, in: Service.dialect)
        }
    }

    package func answerNow(_ call: Call, body: JSON, in frame: OperationFrame<Service>) -> UnrecordedReply? {
        nil
    }
}
