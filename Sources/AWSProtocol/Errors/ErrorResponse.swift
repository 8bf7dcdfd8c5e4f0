/// An error in the form of a protocol, ready for an HTTP response.
package struct ErrorResponse: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
}

extension WireError {
    /// The error as a service answers it.
    package func response(from service: AWSService, requestID: RequestID) -> ErrorResponse {
        switch service.wireProtocol {
        case .json:
            ErrorResponse(status: httpStatus, headers: jsonHeaders(requestID: requestID), body: jsonBody())
        case .query:
            ErrorResponse(
                status: httpStatus,
                headers: [("Content-Type", "text/xml"), ("x-amzn-RequestId", requestID.description)],
                body: queryBody(namespace: service.xmlNamespace, requestID: requestID)
            )
        case .restXML:
            ErrorResponse(
                status: httpStatus,
                headers: [("Content-Type", "application/xml"), ("x-amz-request-id", requestID.description)],
                body: s3Body(requestID: requestID)
            )
        }
    }

    /// The headers of an error of the JSON 1.1 protocol.
    package func jsonHeaders(requestID: RequestID) -> [(name: String, value: String)] {
        [
            ("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code),
            ("x-amzn-RequestId", requestID.description),
        ]
    }

    /// The body of an error of the JSON 1.1 protocol: `{"__type":"Code","message":"…"}`.
    package func jsonBody() -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.name("__type")
        json.string(code)
        if let message {
            json.name("message")
            json.string(message)
        }
        json.endObject()
        return json.bytes
    }

    /// The body of an error of the Query protocol.
    package func queryBody(namespace: String?, requestID: RequestID) -> [UInt8] {
        var xml = XMLWriter()
        xml.element("ErrorResponse", namespace: namespace) { xml in
            xml.element("Error") { xml in
                xml.element("Type", fault == .client ? "Sender" : "Receiver")
                xml.element("Code", code)
                if let message { xml.element("Message", message) }
            }
            xml.element("RequestId", requestID.description)
        }
        return xml.bytes
    }

    /// The body of an S3 error; `resource` is the path of the bucket or object it concerns.
    package func s3Body(resource: String? = nil, requestID: RequestID, hostID: String = "") -> [UInt8] {
        var xml = XMLWriter()
        xml.declaration()
        xml.element("Error") { xml in
            xml.element("Code", code)
            if let message { xml.element("Message", message) }
            for detail in details { xml.element(detail.name, detail.value) }
            if let resource { xml.element("Resource", resource) }
            xml.element("RequestId", requestID.description)
            xml.element("HostId", hostID)
        }
        return xml.bytes
    }
}
