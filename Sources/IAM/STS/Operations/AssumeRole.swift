import Authorization
package import Operations

/// Gives temporary credentials of a role to a principal whom the role trusts.
///
/// Source: STS API Reference, AssumeRole.
package enum AssumeRole: DurableOperation {
    package typealias Service = SecurityTokenService

    package struct Request: Sendable {
        let assumption: RoleAssumption
        let tags: SessionTags
        let externalID: String?
        let sourceIdentity: String?
    }

    package struct Response: Sendable {
        let role: AssumedRole
        let sourceIdentity: String?
    }

    package static let name = "AssumeRole"
    package static let recordsResponse = true
    package static let errors = [
        "MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabledException", "ExpiredTokenException",
    ]

    /// A session that was made with a role's session ends after an hour at most (IAM User Guide, "Role chaining").
    private static let chainedSecondsMax = 3_600

    package static func references(in request: Request) -> [RoleReference] { [request.assumption.role] }

    package static func requirements(
        of request: Request,
        on resources: [AssumableRole],
        for call: Call
    ) -> [Requirement] {
        let conditions = TrustConditions(
            sessionName: request.assumption.sessionName,
            externalID: request.externalID,
            sourceIdentity: request.sourceIdentity,
            seconds: request.assumption.seconds,
            tags: request.tags
        )
        return request.assumption.requirements(for: action, on: resources[0], conditions) {
            call.caller.denial(of: $0, on: request.assumption.role.arn)
        }
    }

    package static func run(
        _ call: Authorized<Self>,
        in sts: SecurityTokenService
    ) async throws(STSError) -> Response {
        let request = call.request
        if call.call.caller.type == .assumedRole,
            request.assumption.seconds ?? 0 > chainedSecondsMax
        {
            throw .validation(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
                    + "chaining"
            )
        }
        let role = try await request.assumption.session(
            of: call.resource,
            tags: request.tags,
            sourceIdentity: request.sourceIdentity,
            for: call.call,
            in: sts
        )
        return Response(role: role, sourceIdentity: request.sourceIdentity)
    }
}

// MARK: Wire

extension AssumeRole {
    package static let input: [Member] = [
        .required("RoleArn", .stsARN),
        .required("RoleSessionName", .sessionName),
        .optional("PolicyArns", .sessionPolicyARNs),
        .optional("Policy", .unrestrictedSessionPolicy),
        .optional("DurationSeconds", .roleSeconds),
        .optional("Tags", .sessionTags),
        .optional("TransitiveTagKeys", .sessionTagKeys),
        .optional("ExternalId", .externalID),
        .optional("SerialNumber", .serialNumber),
        .optional("TokenCode", .tokenCode),
        .optional("SourceIdentity", .sessionName),
        .optional("ProvidedContexts", .providedContexts),
    ]

    package static func request(from input: Input, for call: Call) throws(STSError) -> Request {
        let caller = call.caller
        switch caller.type {
        case .root: throw .denied("Roles may not be assumed by root accounts.")
        case .federatedUser: throw .denied("Cannot call AssumeRole with federated user credentials")
        default: break
        }
        try input.refuseSecondFactor()
        guard input.structures("ProvidedContexts") == nil else {
            throw .invalidParameter("ProvidedContexts are not supported by this deployment.")
        }
        let wanted = input.string("SourceIdentity")
        if let known = caller.session.sourceIdentity, let wanted, wanted != known {
            throw .denied("The source identity of a session cannot be changed.")
        }
        return Request(
            assumption: try RoleAssumption(input),
            tags: try input.sessionTags(
                transitiveKeys: input.strings("TransitiveTagKeys") ?? [],
                for: caller
            ),
            externalID: input.string("ExternalId"),
            sourceIdentity: wanted ?? caller.session.sourceIdentity
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.credentials(response.role.credentials)
        output.assumedRoleUser(response.role)
        output.integer("PackedPolicySize", response.role.packedPercent)
        output.string("SourceIdentity", response.sourceIdentity)
    }
}
