package import AWSProtocol
import Operations

/// The answer to a request of the AWS door, free of any HTTP library's types.
package struct GatewayResponse: Sendable {
    package let status: Int
    package let body: [UInt8]
    /// What metrics count the request as.
    let result: RequestResult
    private let head: Head

    private enum Head {
        /// The answer of an operation, whose headers are written without making texts of them.
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

    /// Appends the whole answer as HTTP/1.1 has it.
    func appendHTTP1(dateLine: [UInt8], to bytes: inout [UInt8]) {
        bytes.append("HTTP/1.1 ")
        bytes.append(contentsOf: String(status).utf8)
        bytes.append(status == 200 ? " OK\r\n" : " \r\n")
        appendHeaderLines(to: &bytes)
        bytes.append("Content-Length: ")
        bytes.append(contentsOf: String(body.count).utf8)
        bytes.append("\r\n")
        bytes.append(contentsOf: dateLine)
        bytes.append("\r\n")
        bytes.append(contentsOf: body)
    }

    /// Appends the lines of ``headers`` as HTTP/1.1 has them.
    private func appendHeaderLines(to bytes: inout [UInt8]) {
        switch head {
        case .headers(let headers):
            for (name, value) in headers {
                bytes.append(contentsOf: name.utf8)
                bytes.append(": ")
                bytes.append(contentsOf: value.utf8)
                bytes.append("\r\n")
            }
        case .reply(let requestID, let contentType, let errorCode):
            bytes.append("Content-Type: ")
            bytes.append(contentsOf: contentType.utf8)
            bytes.append("\r\nx-amzn-RequestId: ")
            requestID.append(to: &bytes)
            if let errorCode {
                bytes.append("\r\nx-amzn-ErrorType: ")
                bytes.append(contentsOf: errorCode.utf8)
            }
            bytes.append("\r\n")
        }
    }
}

/// An answer that must not leave before its audit event has been recorded.
package struct UnrecordedAnswer: Sendable {
    package let response: GatewayResponse
    /// The JSON of its events; none when the request was no call, or they are recorded already.
    package let events: [[UInt8]]
    let service: AWSService
    let requestID: RequestID
    /// Where metrics count the request.
    let row: RequestMetrics.Row

    /// What is answered instead when the event could not be recorded.
    package func withheld(because error: WireError) -> GatewayResponse {
        GatewayResponse(error, from: service, requestID: requestID)
    }
}

extension [UInt8] {
    /// Appends the bytes of a literal.
    mutating func append(_ literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }
}
