/// An error as a client sees it, before a protocol gives it form.
package struct WireError: Error, Hashable, Sendable {
    /// Whose fault the error is; clients retry those of the server.
    package enum Fault: Hashable, Sendable {
        case client
        case server
    }

    /// A further element of an S3 error, as in `Region`.
    package struct Detail: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The code of the wire, as in `NotFoundException`.
    package let code: String
    /// Nil for errors that AWS sends without a message; then the member is left out.
    package let message: String?
    package let httpStatus: Int
    /// Written only by the REST-XML protocol.
    package let details: [Detail]

    package init(code: String, message: String?, httpStatus: Int, details: [Detail] = []) {
        self.code = code
        self.message = message
        self.httpStatus = httpStatus
        self.details = details
    }

    package var fault: Fault { httpStatus >= 500 ? .server : .client }
}
