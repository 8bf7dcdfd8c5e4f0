import AWSProtocol
package import Operations

/// Adds a statement to a topic's policy that lets other accounts do something.
///
/// Source: SNS API Reference, AddPermission.
package enum AddPermission: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let label: String
        let accounts: [AccountID]
        let actions: [String]
    }

    package static let name = "AddPermission"
    package static let action = "sns:AddPermission"
    package static let isReadOnly = false
    package static let errors = [
        "InvalidParameterException", "InternalErrorException", "AuthorizationErrorException",
        "NotFoundException",
    ]

    package static func references(in request: Request) -> [TopicLocator] { [request.topic] }

    package static func requirements(
        of request: Request,
        on resources: [TopicSnapshot],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in sns: NotificationService
    ) async throws(SNSError) -> NoOutput {
        let request = call.request
        let old = call.resource.topic
        var statements = PolicyStatements(of: old)
        guard !statements.has(request.label) else { throw .invalidParameter("Statement already exists") }
        statements.append(statement(request))
        let policy = try await sns.checkedPolicy(statements.text)
        try await sns.change(request.topic) { topic throws(SNSError) in
            guard topic.policy == old.policy else { throw .concurrentAccess }
            topic.policy = policy
        }
        return NoOutput()
    }

    private static func statement(_ request: Request) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.name("Sid")
        json.string(request.label)
        json.name("Effect")
        json.string("Allow")
        json.name("Principal")
        json.beginObject()
        json.name("AWS")
        json.beginArray()
        for account in request.accounts { json.string("arn:aws:iam::\(account):root") }
        json.endArray()
        json.endObject()
        json.name("Action")
        json.beginArray()
        for action in request.actions { json.string("SNS:\(action)") }
        json.endArray()
        json.name("Resource")
        json.string(request.topic.arn)
        json.endObject()
        return json.bytes
    }
}

// MARK: Wire

extension AddPermission {
    package static let input: [Member] = [
        .required("TopicArn", .snsText), .required("Label", .snsText),
        .required("AWSAccountId", .list(.snsText)), .required("ActionName", .list(.snsText)),
    ]

    /// What a statement of this operation may allow.
    private static let actions = [
        "Publish", "Subscribe", "GetTopicAttributes", "SetTopicAttributes", "AddPermission",
        "RemovePermission",
        "DeleteTopic", "ListSubscriptionsByTopic",
    ]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        let label = input.requiredString("Label")
        guard (1...80).contains(label.utf8.count),
            label.unicodeScalars.allSatisfy({ $0.isASCIIAlphanumeric || $0 == "-" || $0 == "_" })
        else { throw .invalidParameter("Label") }
        let accounts = (input.strings("AWSAccountId") ?? []).map(AccountID.init)
        guard !accounts.isEmpty, accounts.allSatisfy({ $0 != nil }) else {
            throw .invalidParameter("AWSAccountId")
        }
        let names = input.strings("ActionName") ?? []
        guard !names.isEmpty, names.allSatisfy(actions.contains) else {
            throw .invalidParameter("ActionName")
        }
        return Request(
            topic: try input.topic("TopicArn", for: call),
            label: label,
            accounts: accounts.compactMap(\.self),
            actions: names
        )
    }
}

/// The statements of a topic's policy, to be added to and taken from.
struct PolicyStatements {
    private var statements: [JSON] = []
    private var added: [[UInt8]] = []
    private let others: [(JSONString, JSON)]

    init(of topic: Topic) {
        guard let json = try? JSON.parse(topic.policyText), case .object(let object) = json else {
            others = []
            return
        }
        others = object.members.filter { $0.key.text != "Statement" }.map { ($0.key, $0.value) }
        if let statement = object["Statement"] { statements = statement.elements ?? [statement] }
    }

    func has(_ label: String) -> Bool { statements.contains { $0["Sid"]?.text == label } }

    mutating func append(_ statement: [UInt8]) { added.append(statement) }

    mutating func remove(_ label: String) { statements.removeAll { $0["Sid"]?.text == label } }

    /// The policy as text.
    var text: String {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in others {
            writer.name(name.text)
            writer.value(value)
        }
        writer.name("Statement")
        writer.beginArray()
        for statement in statements { writer.value(statement) }
        for statement in added { writer.raw(statement) }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
