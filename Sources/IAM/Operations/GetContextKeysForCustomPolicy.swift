import AWSProtocol
import Authorization
package import Operations

/// Lists the condition keys that policies given in the request name.
///
/// Source: IAM API Reference, GetContextKeysForCustomPolicy.
package enum GetContextKeysForCustomPolicy: AccountOperation {
    package typealias Request = ContextKeys

    package static let name = "GetContextKeysForCustomPolicy"
    package static let errors = ["InvalidInput"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> ContextKeys {
        call.request
    }
}

/// The condition keys of policies, as they were written first, each once.
package struct ContextKeys: Sendable {
    let names: [String]

    init(of policies: [PolicyDocument]) {
        var seen: Set<ConditionKey> = []
        names = policies.flatMap(\.conditionKeys).filter { seen.insert($0).inserted }.map(\.written)
    }
}

// MARK: Wire

extension GetContextKeysForCustomPolicy {
    package static let input: [Member] = [.required("PolicyInputList", .list(.policyDocument))]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> ContextKeys {
        ContextKeys(
            of: try SimulationRequest.policies(
                input.strings("PolicyInputList") ?? [],
                as: .identity,
                "PolicyInputList"
            )
        )
    }

    package static func encode(_ response: ContextKeys, into output: inout OutputWriter) {
        output.strings("ContextKeyNames", response.names)
    }
}
