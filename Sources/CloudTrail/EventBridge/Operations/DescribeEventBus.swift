import AWSProtocol
package import Operations

/// Shows the default bus, which every account has in every Region.
///
/// Source: EventBridge API Reference, DescribeEventBus.
package enum DescribeEventBus: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let place: RuleBook.Place
    }

    package static let name = "DescribeEventBus"
    package static let action = "events:DescribeEventBus"
    package static let isReadOnly = true
    package static let errors = ["ResourceNotFoundException", "InternalException"]

    package static func references(in request: Request) -> [RuleLocator] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedRule],
        for call: Call
    ) -> [Requirement] {
        [.bus(action, of: request.place)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> String {
        EventBus.arn(of: call.request.place)
    }
}

// MARK: Wire

extension DescribeEventBus {
    package static let input: [Member] = [.optional("Name", .eventBusName)]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        try call.requireDefaultBus(input.string("Name"))
        return Request(place: try call.eventPlace())
    }

    package static func encode(_ response: String, into output: inout OutputWriter) {
        output.string("Name", EventBus.name)
        output.string("Arn", response)
    }
}
