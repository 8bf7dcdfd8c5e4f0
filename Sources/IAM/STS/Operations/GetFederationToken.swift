import AWSProtocol
package import Operations

/// Gives temporary credentials to somebody who is no principal of the account, for whom a user vouches.
///
/// Source: STS API Reference, GetFederationToken.
package enum GetFederationToken: DurableOperation {
    package typealias Service = SecurityTokenService

    package struct Request: Sendable {
        let owner: SessionOwner?
        let account: AccountID
        let user: SessionName
        let seconds: Int
        let policies: SessionPolicies
        let tags: SessionTags
    }

    package struct Response: Sendable {
        let credentials: IssuedSession
        let id: String
        let arn: String
        let packedPercent: Int?
    }

    package static let name = "GetFederationToken"
    package static let recordsResponse = true
    package static let errors = [
        "MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabledException",
    ]

    package static func references(in request: Request) -> [RoleReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [AssumableRole],
        for call: Call
    ) -> [Requirement] {
        let conditions = TrustConditions(seconds: request.seconds, tags: request.tags)
        let actions = request.tags.isEmpty ? [action] : [action, "sts:TagSession"]
        return actions.map { action in
            Requirement(
                action,
                on: ProtectedResource(arn: request.arn, account: request.account, type: nil),
                conditions: conditions
            )
        }
    }

    package static func run(
        _ call: Authorized<Self>,
        in sts: SecurityTokenService
    ) async throws(STSError) -> Response {
        let request = call.request
        let percent = try await sts.check(request.policies, request.tags, of: request.account)
        let claims = SessionClaims(
            account: request.account,
            principal: .federatedUser(request.user, by: request.owner),
            policies: request.policies,
            tags: request.tags,
            issuedAt: call.call.now,
            seconds: request.seconds
        )
        return Response(
            credentials: try sts.issue(claims, at: call.call.now),
            id: "\(request.account):\(request.user)",
            arn: request.arn,
            packedPercent: percent
        )
    }
}

extension GetFederationToken.Request {
    fileprivate var arn: String { "arn:aws:sts::\(account):federated-user/\(user)" }
}

// MARK: Wire

extension GetFederationToken {
    package static let input: [Member] = [
        .required("Name", .federatedUserName),
        .optional("Policy", .sessionPolicy),
        .optional("PolicyArns", .sessionPolicyARNs),
        .optional("DurationSeconds", .sessionSeconds),
        .optional("Tags", .sessionTags),
    ]

    package static func request(from input: Input, for call: Call) throws(STSError) -> Request {
        let owner = try call.caller.sessionOwner(calling: name)
        let seconds = input.integer("DurationSeconds") ?? GetSessionToken.secondsDefault
        return Request(
            owner: owner,
            account: try call.accountOfCaller(),
            user: try input.sessionName("Name"),
            seconds: owner == nil ? min(seconds, GetSessionToken.rootSecondsMax) : seconds,
            policies: try input.sessionPolicies(),
            tags: try input.sessionTags(for: call.caller)
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.credentials(response.credentials)
        output.object("FederatedUser") { output in
            output.string("FederatedUserId", response.id)
            output.string("Arn", response.arn)
        }
        output.integer("PackedPolicySize", response.packedPercent)
    }
}
