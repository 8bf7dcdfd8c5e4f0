import AWSProtocol
import Operations

/// The answer to a request of the AWS door, free of any HTTP library's types.
package struct GatewayResponse: Sendable {
    package let status: Int
    /// Without `Content-Length`, `Date` and what concerns the connection.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// Where metrics count the request.
    let row: RequestMetrics.Row
    let result: RequestResult

    /// An error in the form of a service's protocol.
    init(
        _ error: WireError,
        from service: AWSService,
        requestID: RequestID,
        countedIn row: RequestMetrics.Row
    ) {
        let response = error.response(from: service, requestID: requestID)
        status = response.status
        headers = response.headers
        body = response.body
        self.row = row
        result = RequestResult(error)
    }

    /// The answer of an operation of a JSON service.
    init(_ reply: Reply, countedIn rows: RequestMetrics.ServiceRows) {
        var headers = [
            (name: "Content-Type", value: reply.contentType),
            (name: "x-amzn-RequestId", value: reply.requestID.description),
        ]
        if let code = reply.errorCode { headers.append(("x-amzn-ErrorType", code)) }
        status = reply.status
        self.headers = headers
        body = reply.body
        row = rows.row(reply.operationIndex)
        result = RequestResult(errorCode: reply.errorCode, status: reply.status)
    }
}
