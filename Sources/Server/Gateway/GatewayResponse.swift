package import AWSProtocol
import Operations
package import Trail

/// The answer to a request of the AWS door, free of any HTTP library's types.
package struct GatewayResponse: Sendable {
    package let status: Int
    package let body: [UInt8]
    /// What metrics count the request as.
    let result: RequestResult
    let head: Head

    /// What ``headers`` are made of.
    enum Head {
        /// The answer of an operation, whose headers a lane writes without making texts of them.
        case reply(requestID: RequestID, contentType: String, errorCode: String?)
        case headers([(name: String, value: String)])
    }

    /// An error in the form of a service's protocol.
    init(_ error: WireError, from service: AWSService, requestID: RequestID) {
        let error = error.named(in: service.wireProtocol)
        let response = error.response(from: service, requestID: requestID)
        status = response.status
        body = response.body
        result = RequestResult(error)
        head = .headers(response.headers)
    }

    /// The certificate of notifications, as PEM.
    init(certificate: [UInt8]) {
        status = 200
        body = certificate
        result = .success
        head = .headers([("Content-Type", "application/x-pem-file")])
    }

    /// The answer of an operation of a JSON service.
    init(_ reply: Reply) {
        status = reply.status
        body = reply.body
        result = RequestResult(errorCode: reply.errorCode, status: reply.status)
        head = .reply(
            requestID: reply.requestID,
            contentType: reply.contentType,
            errorCode: reply.errorCode
        )
    }

    /// Without `Content-Length`, `Date` and what concerns the connection.
    package var headers: [(name: String, value: String)] {
        switch head {
        case .headers(let headers): return headers
        case .reply(let requestID, let contentType, let errorCode):
            var headers = [
                (name: "Content-Type", value: contentType),
                (name: "x-amzn-RequestId", value: requestID.description),
            ]
            if let errorCode { headers.append(("x-amzn-ErrorType", errorCode)) }
            return headers
        }
    }
}

/// An answer that must not leave before its audit event has been recorded.
///
/// A class, because it is handed on several times until the end of a turn, and a copy would retain each of its parts.
package final class UnrecordedAnswer: Sendable {
    package let response: GatewayResponse
    /// The JSON of its events; none when the request was no call.
    package let events: [[UInt8]]
    /// The event of a change, which goes into the room that was taken for it, before the others.
    package let promised: PromisedEvent?
    let service: AWSService
    let requestID: RequestID
    /// Where metrics count the request.
    let row: RequestMetrics.Row

    init(
        response: GatewayResponse,
        events: [[UInt8]],
        promised: PromisedEvent? = nil,
        service: AWSService,
        requestID: RequestID,
        row: RequestMetrics.Row
    ) {
        self.response = response
        self.events = events
        self.promised = promised
        self.service = service
        self.requestID = requestID
        self.row = row
    }

    /// What is answered instead when the event could not be recorded.
    package func withheld(because error: WireError) -> GatewayResponse {
        GatewayResponse(error, from: service, requestID: requestID)
    }
}
