package import AWSProtocol

/// The answer to one call, before a door gives it HTTP form.
package struct Reply: Sendable {
    package let status: Int
    /// Empty for operations that answer nothing.
    package let body: [UInt8]
    package let contentType: String
    package let requestID: RequestID
    /// The code of the error, for the `x-amzn-ErrorType` header and metrics; nil for success.
    package let errorCode: String?

    package init(status: Int, body: [UInt8], contentType: String, requestID: RequestID, errorCode: String?) {
        self.status = status
        self.body = body
        self.contentType = contentType
        self.requestID = requestID
        self.errorCode = errorCode
    }

    /// The content type of the JSON 1.1 protocol, for answers and errors alike.
    package static let json = "application/x-amz-json-1.1"

    static func success(_ body: [UInt8], for call: Call) -> Reply {
        Reply(status: 200, body: body, contentType: json, requestID: call.requestID, errorCode: nil)
    }

    /// An error in the form of the JSON 1.1 protocol.
    package static func failure(_ error: WireError, requestID: RequestID) -> Reply {
        Reply(
            status: error.httpStatus,
            body: error.jsonBody(),
            contentType: json,
            requestID: requestID,
            errorCode: error.code
        )
    }
}

/// An answer that must not leave before its audit event has been recorded.
package struct UnrecordedReply: Sendable {
    package let reply: Reply
    /// The event's JSON.
    package let event: [UInt8]

    package init(reply: Reply, event: [UInt8]) {
        self.reply = reply
        self.event = event
    }
}
