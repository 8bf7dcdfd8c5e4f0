import AWSProtocol
package import Authorization
import Cryptography
package import Operations
import Synchronization

/// Gives temporary credentials of a role to the bearer of a token of an OpenID Connect provider that the role
/// trusts, such as a Kubernetes service account.
///
/// The request has no signature: the token proves who asks. Source: STS API Reference, AssumeRoleWithWebIdentity.
package enum AssumeRoleWithWebIdentity: DurableOperation {
    package typealias Service = SecurityTokenService

    package struct Request: Sendable {
        let assumption: RoleAssumption
        let token: Redacted<String>
        let bearer: Bearer
    }

    /// Who the token turned out to be of; known before anything is authorized.
    final class Bearer: Sendable {
        private let found = Mutex<WebIdentity?>(nil)

        var identity: WebIdentity? { found.withLock { $0 } }

        func note(_ identity: WebIdentity) { found.withLock { $0 = identity } }
    }

    package struct Response: Sendable {
        let role: AssumedRole
        let identity: WebIdentity
    }

    package static let name = "AssumeRoleWithWebIdentity"
    package static let recordsResponse = true
    package static let acceptsUnsigned = true
    package static let errors = [
        "MalformedPolicyDocument", "PackedPolicyTooLarge", "IDPRejectedClaim", "IDPCommunicationError",
        "InvalidIdentityToken", "ExpiredTokenException", "RegionDisabledException",
    ]

    package static func caller(
        of request: Request,
        for call: Call,
        in sts: SecurityTokenService
    ) async throws(STSError) -> Caller {
        let identity: WebIdentity
        do throws(WebIdentityVerifier.Failure) {
            identity = try await sts.webIdentities.verify(
                request.token.exposingSecret { $0 },
                for: request.assumption.role.account,
                at: call.now
            )
        } catch {
            switch error {
            case .token(let error): throw .webIdentity(error)
            case .identities(let error): throw .identities(error)
            }
        }
        request.bearer.note(identity)
        return .webIdentity(
            provider: identity.provider.arn,
            audience: identity.audience,
            subject: identity.subject,
            keys: identity.conditionKeys
        )
    }

    package static func references(in request: Request) -> [RoleReference] { [request.assumption.role] }

    package static func requirements(
        of request: Request,
        on resources: [AssumableRole],
        for call: Call
    ) -> [Requirement] {
        let conditions = TrustConditions(
            sessionName: request.assumption.sessionName,
            sourceIdentity: request.bearer.identity?.sourceIdentity,
            seconds: request.assumption.seconds,
            tags: request.bearer.identity?.tags ?? SessionTags()
        )
        return request.assumption.requirements(for: action, on: resources[0], conditions) {
            "Not authorized to perform \($0)"
        }
    }

    package static func run(
        _ call: Authorized<Self>,
        in sts: SecurityTokenService
    ) async throws(STSError) -> Response {
        guard let identity = call.request.bearer.identity else {
            throw .denied("Not authorized to perform \(action)")
        }
        let role = try await call.request.assumption.session(
            of: call.resource,
            tags: identity.tags,
            sourceIdentity: identity.sourceIdentity,
            webIdentity: WebIdentityOfSession(identity),
            for: call.call,
            in: sts
        )
        return Response(role: role, identity: identity)
    }
}

// MARK: Wire

extension AssumeRoleWithWebIdentity {
    package static let input: [Member] = [
        .required("RoleArn", .stsARN),
        .required("RoleSessionName", .sessionName),
        .required("WebIdentityToken", .string(length: 4...20_000, isSensitive: true)),
        .optional("ProviderId", .string(length: 4...2048)),
        .optional("PolicyArns", .sessionPolicyARNs),
        .optional("Policy", .sessionPolicy),
        .optional("DurationSeconds", .roleSeconds),
    ]

    package static func request(from input: Input, for call: Call) throws(STSError) -> Request {
        guard input.string("ProviderId") == nil else {
            throw .invalidParameter("ProviderId is for OAuth 2.0 access tokens, which are not taken here.")
        }
        return Request(
            assumption: try RoleAssumption(input),
            token: Redacted(input.requiredString("WebIdentityToken")),
            bearer: Bearer()
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.credentials(response.role.credentials)
        output.string("SubjectFromWebIdentityToken", response.identity.subject)
        output.assumedRoleUser(response.role)
        output.integer("PackedPolicySize", response.role.packedPercent)
        output.string("Provider", response.identity.provider.arn)
        output.string("Audience", response.identity.audience)
        output.string("SourceIdentity", response.identity.sourceIdentity)
    }
}
