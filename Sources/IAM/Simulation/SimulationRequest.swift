import AWSProtocol
import Authorization
import Operations

/// What both simulating operations are asked with.
package struct SimulationRequest: Sendable {
    /// Identity policies beside those of the principal, named `PolicyInputList.1` and so on.
    let policies: [PolicyDocument]
    /// Takes the place of the principal's boundary.
    let boundary: PolicyDocument?
    let actions: [String]
    let resources: [String]
    let resource: PolicySimulation.ResourceSide?
    /// The user in whose name the resource policy is asked.
    let callerARN: EntityLocator?
    let values: [ConditionKey: ConditionValues]
    let page: PageInput

    /// Results of a page, which is shorter where policies have so many statements that it would take long.
    private static let findingsPerPageMax = 200_000

    /// Reads the members that both operations have.
    ///
    /// - Throws: `.invalidInput` for the first that cannot be simulated.
    init(_ input: Input, for call: Call) throws(IAMError) {
        policies = try Self.policies(input.strings("PolicyInputList") ?? [], as: .identity, "PolicyInputList")
        let boundaries = try Self.policies(
            input.strings("PermissionsBoundaryPolicyInputList") ?? [],
            as: .boundary,
            "PermissionsBoundaryPolicyInputList"
        )
        guard boundaries.count <= 1 else {
            throw .invalidInput("PermissionsBoundaryPolicyInputList can have one policy.")
        }
        boundary = boundaries.first
        actions = input.strings("ActionNames") ?? []
        for action in actions where !Self.isAction(action) {
            throw .invalidInput("Invalid Action: \(action)")
        }
        let resources = input.strings("ResourceArns") ?? []
        for resource in resources where resource != "*" && ARN(resource) == nil {
            throw .invalidInput("Resource \(resource) must be in ARN format or \"*\".")
        }
        self.resources = resources.isEmpty ? ["*"] : resources
        guard input.string("ResourceHandlingOption") == nil else {
            throw .invalidInput(
                "ResourceHandlingOption is for simulations of Amazon EC2, which is not offered."
            )
        }
        callerARN = try input.string("CallerArn").map { (text) throws(IAMError) in try Self.user(text) }
        let owner = try input.string("ResourceOwner").map { (text) throws(IAMError) in try Self.account(text)
        }
        resource = input.string("ResourcePolicy").map {
            PolicySimulation.ResourceSide(text: $0, owner: owner)
        }
        values = try Self.values(input.structures("ContextEntries") ?? [])
        page = PageInput(input)
    }

    static let members: [Member] = [
        .optional("PermissionsBoundaryPolicyInputList", .list(.policyDocument)),
        .required("ActionNames", .list(.string(length: 3...128))),
        .optional("ResourceArns", .list(.string(length: 1...2048))),
        .optional("ResourcePolicy", .policyDocument),
        .optional("ResourceOwner", .string(length: 1...2048)),
        .optional("CallerArn", .string(length: 1...2048)),
        .optional(
            "ContextEntries",
            .list(
                .structure([
                    .optional("ContextKeyName", .string(length: 5...256)),
                    .optional("ContextKeyValues", .list(.string())),
                    .optional("ContextKeyType", .enumeration(contextKeyTypes)),
                ])
            )
        ),
        .optional("ResourceHandlingOption", .string(length: 1...64)),
    ]

    private static let contextKeyTypes = [
        "string", "stringList", "numeric", "numericList", "boolean", "booleanList", "ip", "ipList", "binary",
        "binaryList", "date", "dateList",
    ]

    /// The results of the page asked for, each action on each resource.
    func results(
        _ simulation: PolicySimulation,
        _ request: PageRequest
    ) throws(IAMError) -> [(index: Int, result: SimulationResult)] {
        let first = request.after.flatMap { Int($0) }.map { $0 + 1 } ?? 0
        let last = min(first + request.limit + 1, actions.count * resources.count)
        var results: [(index: Int, result: SimulationResult)] = []
        for index in first..<max(first, last) {
            let result = try simulation.result(
                of: actions[index / resources.count],
                on: resources[index % resources.count]
            )
            results.append((index, result))
        }
        return results
    }

    /// The page asked for, shortened to what takes no longer than a moment.
    func bounded(_ request: PageRequest, _ simulation: PolicySimulation) -> PageRequest {
        let caller = simulation.caller
        let policies = caller.identityPolicies + [caller.boundary].compactMap(\.self)
        // Each statement has thirty characters at least, and the resource's policy is read for each result.
        let bytes = policies.reduce(resource?.text.utf8.count ?? 0) { $0 + $1.source.utf8.count }
        let max = Swift.max(1, Self.findingsPerPageMax / (1 + bytes / 30))
        return PageRequest(limit: min(request.limit, max), after: request.after)
    }
}

// MARK: Members

extension SimulationRequest {
    static func policies(
        _ texts: [String],
        as kind: PolicyKind,
        _ member: String
    ) throws(IAMError) -> [PolicyDocument] {
        var policies: [PolicyDocument] = []
        for (index, text) in texts.enumerated() {
            let name = "\(member).\(index + 1)"
            do throws(PolicyError) {
                policies.append(try PolicyDocument(parsing: text, as: kind, named: name))
            } catch {
                throw .invalidInput("\(name): \(error)")
            }
        }
        return policies
    }

    private static func isAction(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || $0 == "-" }
            }
    }

    private static func user(_ text: String) throws(IAMError) -> EntityLocator {
        guard let locator = EntityLocator(arn: text), locator.type == .user else {
            throw .invalidInput("CallerArn must be the ARN of a user, not \(text)")
        }
        return locator
    }

    private static func account(_ text: String) throws(IAMError) -> AccountID {
        guard let account = AccountID(text) ?? ARN(text)?.account else {
            throw .invalidInput("ResourceOwner must be an account, not \(text)")
        }
        return account
    }

    private static func values(_ entries: [Input]) throws(IAMError) -> [ConditionKey: ConditionValues] {
        var values: [ConditionKey: ConditionValues] = [:]
        for entry in entries {
            guard let name = entry.string("ContextKeyName"), let key = ConditionKey(parsing: name) else {
                throw .invalidInput("A context entry has no ContextKeyName that is one.")
            }
            let given = entry.strings("ContextKeyValues") ?? []
            if entry.string("ContextKeyType")?.hasSuffix("List") ?? false {
                values[key] = .multiple(given)
            } else if given.count == 1 {
                values[key] = .single(given[0])
            } else {
                throw .invalidInput(
                    "The context key \(name) must have one value, or a type that ends in List."
                )
            }
        }
        return values
    }
}

extension EntityLocator {
    /// The user, group or role that an ARN names, whatever its path; nil for other text.
    package init?(arn text: String) {
        guard let arn = ARN(text), arn.service == "iam", arn.region == nil, let account = arn.account else {
            return nil
        }
        let parts = arn.resource.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, let type = EntityType(rawValue: String(parts[0])), let name = parts.last,
            !name.isEmpty, [.user, .group, .role].contains(type)
        else { return nil }
        self.init(type, account, String(name))
    }
}
