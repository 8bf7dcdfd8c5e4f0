import AWSProtocol
package import Operations

/// Says whether a pattern means an event; both are given.
///
/// Source: EventBridge API Reference, TestEventPattern.
package enum TestEventPattern: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let account: AccountID
        let pattern: EventPattern
        let event: JSON
    }

    package static let name = "TestEventPattern"
    package static let action = "events:TestEventPattern"
    package static let isReadOnly = true
    package static let errors = ["InvalidEventPatternException", "InternalException"]

    package static func references(in request: Request) -> [RuleLocator] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedRule],
        for call: Call
    ) -> [Requirement] {
        [.events(action, in: request.account)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> Bool {
        call.request.pattern.matches(call.request.event)
    }
}

// MARK: Wire

extension TestEventPattern {
    package static let input: [Member] = [
        .required("EventPattern", .string(length: 0...Rule.patternBytesMax)),
        .required("Event", .string(isSensitive: true)),
    ]

    /// What an event must have.
    private static let eventMembers = ["id", "account", "source", "time", "region", "detail-type"]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        let pattern: EventPattern
        do throws(EventPatternError) {
            pattern = try EventPattern(parsing: input.requiredString("EventPattern"))
        } catch {
            throw .invalidPattern(error)
        }
        let event: JSON
        do throws(JSONError) {
            event = try JSON.parse(input.requiredString("Event"), depthMax: BusEvent.depthMax)
        } catch {
            throw .validation("Parameter Event is not valid: \(error.reason)")
        }
        for member in eventMembers where event[member] == nil {
            throw .validation("Parameter Event is not valid: it has no \(member)")
        }
        return Request(account: try call.eventAccount(), pattern: pattern, event: event)
    }

    package static func encode(_ response: Bool, into output: inout OutputWriter) {
        output.flag("Result", response)
    }
}
