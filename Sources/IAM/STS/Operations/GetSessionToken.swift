package import Operations

/// Gives temporary credentials to the user who asks; nobody needs a permission for it.
///
/// Source: STS API Reference, GetSessionToken.
package enum GetSessionToken: DurableOperation {
    package typealias Service = SecurityTokenService

    package struct Request: Sendable {
        let owner: SessionOwner?
        let seconds: Int
    }

    package static let name = "GetSessionToken"
    package static let recordsResponse = true
    package static let errors = ["RegionDisabledException"]

    /// Twelve hours.
    static let secondsDefault = 43_200
    /// What the root user gets at most.
    static let rootSecondsMax = 3_600

    package static func references(in request: Request) -> [RoleReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [AssumableRole],
        for call: Call
    ) -> [Requirement] { [] }

    package static func run(
        _ call: Authorized<Self>,
        in sts: SecurityTokenService
    ) async throws(STSError) -> IssuedSession {
        let claims = SessionClaims(
            account: try call.call.accountOfCaller(),
            principal: .user(call.request.owner),
            issuedAt: call.call.now,
            seconds: call.request.seconds
        )
        return try sts.issue(claims, at: call.call.now)
    }
}

// MARK: Wire

extension GetSessionToken {
    package static let input: [Member] = [
        .optional("DurationSeconds", .sessionSeconds),
        .optional("SerialNumber", .serialNumber),
        .optional("TokenCode", .tokenCode),
    ]

    package static func request(from input: Input, for call: Call) throws(STSError) -> Request {
        let owner = try call.caller.sessionOwner(calling: name)
        try input.refuseSecondFactor()
        let seconds = input.integer("DurationSeconds") ?? secondsDefault
        return Request(owner: owner, seconds: owner == nil ? min(seconds, rootSecondsMax) : seconds)
    }

    package static func encode(_ response: IssuedSession, into output: inout OutputWriter) {
        output.credentials(response)
    }
}
