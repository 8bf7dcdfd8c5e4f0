import AWSProtocol
import Operations

/// The answer to a request of the AWS door, free of any HTTP library's types.
package struct GatewayResponse: Sendable {
    package let status: Int
    /// Without `Content-Length`, `Date` and what concerns the connection.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An error in the form of a service's protocol.
    init(_ error: WireError, from service: AWSService, requestID: RequestID) {
        let response = error.response(from: service, requestID: requestID)
        self.init(status: response.status, headers: response.headers, body: response.body)
    }

    /// The answer of an operation of a JSON service.
    init(_ reply: Reply) {
        var headers = [
            (name: "Content-Type", value: reply.contentType),
            (name: "x-amzn-RequestId", value: reply.requestID.description),
        ]
        if let code = reply.errorCode { headers.append(("x-amzn-ErrorType", code)) }
        self.init(status: reply.status, headers: headers, body: reply.body)
    }
}
