/// One request as the statements see it: who does what to which resource, and the condition keys.
struct Evaluation {
    private let request: AuthorizationRequest
    /// Nil where no policy involved has an index.
    let hashes: RequestHashes?

    init(_ request: AuthorizationRequest) {
        self.request = request
        hashes =
            request.caller.hasIndexedPolicies || request.resourcePolicy?.isIndexed ?? false
            ? RequestHashes(action: request.action, resource: request.resource) : nil
    }

    var caller: Caller { request.caller }
    var action: String { request.action }
    var resource: String { request.resource }
    var resourceAccount: String { request.resourceAccount }
    var context: any ConditionContext { request.context }

    /// The values of a condition key: the engine's and the caller's own answers come before the request's.
    func values(for key: ConditionKey) -> ConditionValues? {
        if let simulation = request.simulation {
            if let values = simulation.values[key] { return values }
            if !simulation.knowsCaller, case .own = caller.answer(key, epochSeconds: 0) { return nil }
        }
        switch key.global {
        case .currentTime: return .single(PolicyInstant.text(epochSeconds: context.epochSeconds))
        case .epochTime: return .single(String(context.epochSeconds))
        case .resourceAccount: return .single(resourceAccount)
        default: break
        }
        switch caller.answer(key, epochSeconds: context.epochSeconds) {
        case .own(let values): return values
        case .notMine: return context.values(for: key)
        }
    }

    /// The value of a key that has exactly one, as policy variables need it.
    func singleValue(for key: ConditionKey) -> String? {
        switch values(for: key) {
        case .single(let value): value
        case .multiple, nil: nil
        }
    }
}
