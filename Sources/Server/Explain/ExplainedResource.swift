import AWSProtocol
import Authorization
import Cryptography
import Foundation
import KMS
import Operations

/// A resource with the policies and grants that guard it.
struct ExplainedResource: Sendable {
    let protected: ProtectedResource
    /// What else the action takes.
    var need: Need? {
        get { needs.first }
        set { needs = newValue.map { [$0] } ?? [] }
    }

    /// A permission that a service asks for in the name of its caller.
    struct Need: Sendable {
        let question: AccessQuestion
        let service: String
        let resource: ExplainedResource
    }

    /// One at most; a resource cannot hold another without something between.
    private var needs: [Need] = []
    private let key: ResolvedKey?
    /// The resource's own condition keys, where they do not depend on who asks.
    private let conditions: (any ServiceConditions)?
    private let region: Region?
    private let mayCross: Bool

    init(
        protected: ProtectedResource,
        key: ResolvedKey? = nil,
        conditions: (any ServiceConditions)? = nil,
        region: Region? = nil,
        crossesAccounts: Bool = false
    ) {
        self.protected = protected
        self.key = key
        self.conditions = conditions
        self.region = region
        mayCross = crossesAccounts
    }

    /// Whether a question about this resource may come from another account; for keys, where KMS lets the action.
    func crossesAccounts(_ action: String) -> Bool {
        mayCross || (key != nil && KMSOperations.crossesAccounts(action))
    }

    /// The condition keys that are known without a request; all others must be given.
    func context(_ caller: Caller, _ question: AccessQuestion, _ now: Date) -> ExplainedContext {
        guard let key, let region else {
            return ExplainedContext(epochSeconds: now.epochSeconds, keys: conditions, region: region)
        }
        let call = Call(
            caller: caller,
            region: region,
            now: now,
            source: CallSource(ipAddress: "", userAgent: ""),
            accessKeyID: nil
        )
        let context = question.encryptionContext
        return ExplainedContext(
            epochSeconds: now.epochSeconds,
            keys: key.requirement(
                question.action,
                for: call,
                context: EncryptionContext(context.map { ($0.key, $0.value) })
            ).conditions,
            region: region
        )
    }
}

/// What is known of a request that nobody has made.
struct ExplainedContext: ConditionContext {
    let epochSeconds: Int64
    var keys: (any ServiceConditions)?
    var region: Region?

    var encryptionContext: [String: String]? { keys?.encryptionContext }

    func values(for key: ConditionKey) -> ConditionValues? {
        if key.global == .requestedRegion { return region.map { .single($0.description) } }
        return keys?.values(for: key)
    }
}

extension Date {
    fileprivate var epochSeconds: Int64 { Int64(timeIntervalSince1970) }
}
