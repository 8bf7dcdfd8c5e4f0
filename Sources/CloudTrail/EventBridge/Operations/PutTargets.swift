import AWSProtocol
import Authorization
package import Operations

/// Gives a rule targets, or replaces those of the same id; a target is an SNS topic of the rule's Region.
///
/// Source: EventBridge API Reference, PutTargets.
package enum PutTargets: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let rule: RuleLocator
        let targets: [RuleTarget]
    }

    package static let name = "PutTargets"
    package static let action = "events:PutTargets"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "ConcurrentModificationException", "LimitExceededException",
        "InternalException",
    ]

    package static func references(in request: Request) -> [RuleLocator] { [request.rule] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedRule],
        for call: Call
    ) -> [Requirement] {
        let arns = request.targets.map(\.arn)
        return [
            resources[0].requirement(action) { $0.name == "events:targetarn" ? .multiple(arns) : nil }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> [FailedTarget] {
        let request = call.request
        try await events.change(request.rule) { rule throws(EventBridgeError) in
            guard var rule else { throw .ruleNotFound(request.rule.name) }
            for target in request.targets {
                rule.targets.removeAll { $0.id == target.id }
                rule.targets.append(target)
            }
            guard rule.targets.count <= Rule.targetsMax else {
                throw .limitExceeded("The requested resource exceeds the maximum number allowed.")
            }
            return rule
        }
        return []
    }
}

// MARK: Wire

extension PutTargets {
    /// Members of a target that mean something for other kinds of targets than topics.
    static let unsupported = [
        "RoleArn", "KinesisParameters", "RunCommandParameters", "EcsParameters", "BatchParameters",
        "SqsParameters", "HttpParameters", "RedshiftDataParameters", "SageMakerPipelineParameters",
        "DeadLetterConfig", "RetryPolicy", "AppSyncParameters",
    ]

    package static let input: [Member] = [
        .required("Rule", .ruleName), .optional("EventBusName", .eventBusName),
        .required(
            "Targets",
            .list(
                .structure(
                    [
                        .required("Id", .ruleName), .required("Arn", .eventARN),
                        .optional("Input", .string(length: 0...8192)),
                        .optional("InputPath", .string(length: 0...256)),
                        .optional(
                            "InputTransformer",
                            .structure([
                                .optional("InputPathsMap", .map),
                                .required("InputTemplate", .string(length: 1...8192)),
                            ])
                        ),
                    ]
                        + unsupported.map { name in
                            .optional(name, name == "RoleArn" ? .eventARN : .structure([]))
                        }
                ),
                length: 1...100
            )
        ),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        var targets: [RuleTarget] = []
        for element in input.structures("Targets") ?? [] { targets.append(try target(element, for: call)) }
        guard Set(targets.map(\.id)).count == targets.count else {
            throw .validation("Parameter Targets is not valid: two targets have the same Id.")
        }
        return Request(
            rule: try call.rule(input.requiredString("Rule"), bus: input.string("EventBusName")),
            targets: targets
        )
    }

    private static func target(_ input: Input, for call: Call) throws(EventBridgeError) -> RuleTarget {
        let id = input.requiredString("Id")
        let arn = input.requiredString("Arn")
        guard input.string("RoleArn") == nil else {
            throw .validation(
                "RoleArn is not supported for target \(id): topics are reached by their own policy."
            )
        }
        for name in unsupported where name != "RoleArn" && input.structure(name) != nil {
            throw .validation("\(name) is not supported for target \(id).")
        }
        guard let topic = TopicLocator(arn: arn), topic.region == call.region else {
            throw .validation(
                "Target \(arn) is not supported: this deployment sends events to SNS topics of the same Region."
            )
        }
        var target = RuleTarget(id: id, arn: arn)
        target.input = input.string("Input")
        target.inputPath = input.string("InputPath")
        target.transformer = input.structure("InputTransformer").map { transformer in
            InputTransformer(
                paths: Dictionary(
                    (transformer.map("InputPathsMap") ?? []).map { ($0.key, $0.value) },
                    uniquingKeysWith: { first, _ in first }
                ),
                template: transformer.requiredString("InputTemplate")
            )
        }
        try check(target)
        return target
    }

    private static func check(_ target: RuleTarget) throws(EventBridgeError) {
        let forms = [target.input != nil, target.inputPath != nil, target.transformer != nil]
        guard forms.count(where: { $0 }) <= 1 else {
            throw .validation(
                "Only one of Input, InputPath, or InputTransformer must be provided for target \(target.id)."
            )
        }
        if let text = target.input, (try? JSON.parse(text, depthMax: BusEvent.depthMax)) == nil {
            throw .validation("JSON syntax error in input for target \(target.id).")
        }
        if let path = target.inputPath, EventPath(path) == nil {
            throw .validation("Invalid InputPath for target \(target.id).")
        }
        if let transformer = target.transformer {
            guard transformer.paths.count <= 100 else {
                throw .validation("InputPathsMap has too many entries for target \(target.id).")
            }
            if let fault = transformer.fault {
                throw .validation("Invalid InputTransformer for target \(target.id): \(fault).")
            }
        }
    }

    package static func encode(_ response: [FailedTarget], into output: inout OutputWriter) {
        response.encode(into: &output)
    }
}
