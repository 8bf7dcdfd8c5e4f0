import AWSProtocol

/// Which messages a subscription wants, compiled.
///
/// Source: SNS Developer Guide, "Subscription filter policies" and "Filter policy constraints".
struct FilterPolicy: Sendable {
    private let pattern: EventPattern
    private let scope: Subscription.FilterScope

    /// Fields that a filter policy may name, and combinations of their values.
    private static let fieldsMax = 5
    private static let combinationsMax = 150

    /// - Throws: `.invalidParameter` for what is no pattern or too complex.
    init(_ text: String, scope: Subscription.FilterScope) throws(SNSError) {
        do throws(EventPatternError) {
            pattern = try EventPattern(parsing: text)
        } catch {
            throw .invalidParameter("FilterPolicy: \(error)")
        }
        let (fields, combinations) = pattern.complexity
        guard fields <= Self.fieldsMax, combinations <= Self.combinationsMax else {
            throw .invalidParameter("FilterPolicy: Filter policy is too complex")
        }
        self.scope = scope
    }

    func accepts(_ message: PublishedMessage) -> Bool {
        switch scope {
        case .attributes:
            guard let attributes = message.attributesAsJSON else { return false }
            return pattern.matches(attributes)
        case .body:
            guard let body = try? JSON.parse(message.text, depthMax: BusEvent.depthMax), case .object = body
            else {
                return false
            }
            return pattern.matches(body)
        }
    }
}
