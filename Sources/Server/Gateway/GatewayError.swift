import AWSProtocol

/// Errors that the gateway itself answers with, before any service is asked.
enum GatewayError {
    /// The service is one of AWS's that this deployment does not have.
    static func notServed(_ service: AWSService) -> WireError {
        let message = "This deployment does not serve \(service.eventSource)."
        return switch service.wireProtocol {
        case .json: WireError(code: "UnknownOperationException", message: message, httpStatus: 400)
        case .query: WireError(code: "InvalidAction", message: message, httpStatus: 400)
        case .restXML: WireError(code: "NotImplemented", message: message, httpStatus: 501)
        }
    }

    /// The service has no operation of the name that the request gives, or the request gives none.
    static func unknownOperation(_ name: String?, of service: AWSService) -> WireError {
        guard service.wireProtocol == .query else {
            return WireError(code: "UnknownOperationException", message: nil, httpStatus: 400)
        }
        guard let name else {
            return WireError(
                code: "MissingAction",
                message: "The request is missing an action or a required parameter.",
                httpStatus: 400
            )
        }
        let version = service.queryVersion ?? "NO_VERSION_SPECIFIED"
        return WireError(
            code: "InvalidAction",
            message: "Could not find operation \(name) for version \(version)",
            httpStatus: 400
        )
    }

    /// The body is longer than the door takes.
    static func bodyTooLarge(_ family: WireProtocol, bytesMax: Int) -> WireError {
        let message = "Request body is larger than \(bytesMax) bytes."
        return switch family {
        case .json: WireError(code: "RequestEntityTooLargeException", message: message, httpStatus: 413)
        case .query: WireError(code: "RequestEntityTooLarge", message: message, httpStatus: 413)
        case .restXML: WireError(code: "EntityTooLarge", message: message, httpStatus: 413)
        }
    }

    /// The store failed while the caller was looked for: nothing the caller did.
    static func internalFailure(_ family: WireProtocol) -> WireError {
        let message = "The request processing has failed because of an unknown error, exception or failure."
        return switch family {
        case .json, .query: WireError(code: "InternalFailure", message: message, httpStatus: 500)
        case .restXML: WireError(code: "InternalError", message: message, httpStatus: 500)
        }
    }

    /// The store has been out of reach for too long; SDKs try again after such an error.
    static func storeLost(_ family: WireProtocol) -> WireError {
        let message = "The request has failed due to a temporary failure of the server."
        return switch family {
        case .json: WireError(code: "ServiceUnavailableException", message: message, httpStatus: 503)
        case .query, .restXML: WireError(code: "ServiceUnavailable", message: message, httpStatus: 503)
        }
    }
}
