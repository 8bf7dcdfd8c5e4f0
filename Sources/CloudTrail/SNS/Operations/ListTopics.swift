import AWSProtocol
package import Operations
import Storage

/// Lists the topics of the account in the Region, 100 at a time.
///
/// Source: SNS API Reference, ListTopics.
package enum ListTopics: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let account: AccountID
        let token: String?
    }

    package static let name = "ListTopics"
    package static let action = "sns:ListTopics"
    package static let isReadOnly = true
    package static let errors = [
        "InvalidParameterException", "InternalErrorException", "AuthorizationErrorException",
    ]

    package static func references(in request: Request) -> [TopicLocator] { [] }

    package static func requirements(
        of request: Request,
        on resources: [TopicSnapshot],
        for call: Call
    ) -> [Requirement] {
        [Requirement(action, on: .any(in: request.account), conditions: NoConditions())]
    }

    package static func run(
        _ call: Authorized<Self>,
        in sns: NotificationService
    ) async throws(SNSError) -> SNSPage<TopicLocator> {
        let prefix = "\(call.request.account)/\(call.call.region)/"
        let after = try sns.position(of: call.request.token, in: name, for: call.call)
        let records = try await sns.storing { () async throws(StorageError) in
            try await sns.store.scan(
                .snsTopic,
                prefix: prefix,
                after: after.map { prefix + $0 },
                limit: SNSPage<TopicLocator>.limit + 1
            )
        }
        return try sns.page(
            records.compactMap { TopicLocator(recordPath: $0.key.key) },
            of: name,
            for: call.call,
            position: \.name
        )
    }
}

// MARK: Wire

extension ListTopics {
    package static let input: [Member] = [.optional("NextToken", .snsText)]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(account: try call.snsAccount(), token: input.string("NextToken"))
    }

    package static func encode(_ response: SNSPage<TopicLocator>, into output: inout OutputWriter) {
        output.objects("Topics", response.elements) { $0.string("TopicArn", $1.arn) }
        output.string("NextToken", response.nextToken)
    }
}
