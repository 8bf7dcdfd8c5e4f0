package import AWSProtocol
package import Operations

/// One HTTP request to the AWS door with its body read, free of any HTTP library's types.
///
/// A class, because every stage of the gateway holds it, and a copy would retain each of its many parts.
package final class GatewayRequest: Sendable {
    /// Method, path, query and headers as on the wire, and the body.
    package let request: SignedRequest
    package let body: [UInt8]
    /// The address of the peer, without its port.
    package let peerAddress: String
    /// Set when the request came over TLS.
    package let tls: CallSource.TLSDetails?

    package init(
        method: String,
        rawPath: String,
        rawQuery: String,
        headers: HeaderList,
        body: [UInt8],
        peerAddress: String,
        tls: CallSource.TLSDetails? = nil
    ) {
        request = SignedRequest(
            method: method,
            rawPath: rawPath,
            rawQuery: rawQuery,
            headers: headers,
            payload: .bytes(body)
        )
        self.body = body
        self.peerAddress = peerAddress
        self.tls = tls
    }

    /// Where the request came from, as conditions and audit events name it.
    var source: CallSource {
        CallSource(ipAddress: peerAddress, userAgent: request.headers["user-agent"] ?? "", tls: tls)
    }

    /// Whether the headers say that the body is a form.
    var saysForm: Bool {
        request.headers.hasValue(of: "content-type", startingWith: "application/x-www-form-urlencoded")
    }

    /// The body as a form when the headers say that it is one.
    ///
    /// - Throws: For a body that says so and is none.
    func form() throws(FormError) -> Form? { saysForm ? try Form(parsing: body) : nil }
}
