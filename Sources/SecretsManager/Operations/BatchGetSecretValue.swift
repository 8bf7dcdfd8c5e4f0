import AWSProtocol
package import Operations

/// Gives the current values of several secrets.
///
/// Each is read by GetSecretValue, with its permissions and its own event; what cannot be read is told in `Errors`.
/// Source: Secrets Manager API Reference, BatchGetSecretValue.
package enum BatchGetSecretValue: DurableOperation {
    package typealias Service = SecretsManagerService

    package enum Choice: Sendable {
        case ids([String])
        case filters([SecretFilter])
    }

    package struct Request: Sendable {
        let account: AccountID
        let choice: Choice
        let limit: Int
        let token: String?
    }

    package struct Failure: Sendable {
        let id: String
        let code: String
        let message: String?
    }

    package struct Response: Sendable {
        var values: [GetSecretValue.Response] = []
        var failures: [Failure] = []
        var nextToken: String?
    }

    package static let name = "BatchGetSecretValue"
    package static let action = "secretsmanager:BatchGetSecretValue"
    package static let isReadOnly = true
    package static let errors = [
        "ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException",
        "DecryptionFailure", "InternalServiceError", "InvalidNextTokenException",
    ]

    private static let limitMax = 20

    package static func references(in request: Request) -> [SecretReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedSecret],
        for call: Call
    ) -> [Requirement] {
        let batch = Requirement.anySecret(action, in: request.account)
        guard case .filters = request.choice else { return [batch] }
        return [batch, .anySecret(ListSecrets.action, in: request.account)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Response {
        var response = Response()
        let ids: [String]
        switch call.request.choice {
        case .ids(let named): ids = named
        case .filters(let filters):
            let tokens = ListToken(keyring: secrets.keyring, list: name, call: call.call)
            let (found, next) = try await secrets.list(
                SecretListing(
                    account: call.request.account,
                    region: call.call.region,
                    filters: filters,
                    includesDeleted: false
                ),
                after: try tokens.position(of: call.request.token),
                limit: call.request.limit
            )
            ids = found.map(\.arn)
            response.nextToken = try tokens.token(after: next)
        }
        for id in ids {
            let member = (key: JSONString("SecretId"), value: JSON.string(JSONString(id)))
            do throws(WireError) {
                response.values.append(
                    try await secrets.frame.perform(
                        GetSecretValue.self,
                        .object(JSONObject(uniqueMembers: [member])),
                        for: call.call.repeated()
                    )
                )
            } catch {
                guard error != .auditUnavailable else { throw .auditUnavailable }
                response.failures.append(Failure(id: id, code: error.code, message: error.message))
            }
        }
        return response
    }
}

// MARK: Wire

extension BatchGetSecretValue {
    package static let input: [Member] = [
        .optional("SecretIdList", .list(.secretID, length: 1...limitMax)),
        .optional("Filters", .filters),
        .optional("MaxResults", .integer(1...limitMax)),
        .optional("NextToken", .nextToken),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        let (ids, filters) = (input.strings("SecretIdList"), input.structures("Filters"))
        if filters == nil, input.has("MaxResults") {
            throw .invalidParameter(
                "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided."
            )
        }
        let choice: Choice
        switch (ids, filters) {
        case (let ids?, nil): choice = .ids(ids)
        case (nil, let filters?): choice = .filters(try SecretFilter.list(filters))
        default:
            throw .invalidParameter(
                "Either 'SecretIdList' or 'Filters' must be provided, but not both."
            )
        }
        return Request(
            account: try call.account(),
            choice: choice,
            limit: input.integer("MaxResults") ?? limitMax,
            token: input.string("NextToken")
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.objects("SecretValues", response.values) { output, value in
            GetSecretValue.encode(value, into: &output)
        }
        output.string("NextToken", response.nextToken)
        output.objects("Errors", response.failures) { output, failure in
            output.string("SecretId", failure.id)
            output.string("ErrorCode", failure.code)
            output.string("Message", failure.message)
        }
    }
}
