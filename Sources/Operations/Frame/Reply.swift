package import AWSProtocol
package import Trail

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

    /// The content type of the Query protocol's answers and errors.
    package static let xml = "text/xml"

    static func success(_ body: [UInt8], for call: Call, in dialect: Dialect) -> Reply {
        let contentType =
            switch dialect {
            case .json: json
            case .query: xml
            }
        return Reply(
            status: 200,
            body: body,
            contentType: contentType,
            requestID: call.requestID,
            errorCode: nil
        )
    }

    /// An error in the form and under the name of a service's protocol.
    package static func failure(
        _ error: WireError,
        requestID: RequestID,
        in dialect: Dialect = .json
    ) -> Reply {
        switch dialect {
        case .json:
            return Reply(
                status: error.httpStatus,
                body: error.jsonBody(),
                contentType: json,
                requestID: requestID,
                errorCode: error.code
            )
        case .query(let service):
            let error = error.named(in: dialect)
            return Reply(
                status: error.httpStatus,
                body: error.queryBody(namespace: service.xmlNamespace, requestID: requestID),
                contentType: xml,
                requestID: requestID,
                errorCode: error.code
            )
        }
    }
}

/// An answer that must not leave before its audit event has been recorded.
package struct UnrecordedReply: Sendable {
    package let reply: Reply
    /// The event's JSON.
    package let event: [UInt8]
    /// What is recorded with it: the events of calls that were made to answer this one, and for a call from another
    /// account the event of the account whose resource it is.
    let companions: [[UInt8]]
    /// What was taken for the event of a change before it began.
    let room: TrailRoom?

    package init(reply: Reply, event: [UInt8], companions: [[UInt8]] = [], room: TrailRoom? = nil) {
        self.reply = reply
        self.event = event
        self.companions = companions
        self.room = room
    }

    /// The event of a change, which goes into its room, before the others.
    package var promised: PromisedEvent? { room.map { PromisedEvent(event, in: $0) } }

    /// All other events, in the order they came to be.
    package var events: [[UInt8]] {
        guard room == nil else { return companions }
        return companions.isEmpty ? [event] : companions + [event]
    }
}
