import ArgumentParser
import Doors
import Server

/// Tells whether a principal may do something, and why.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell whether a principal may do something, and every statement or grant that led to it.",
        discussion: """
            It works on the data, with or without a server running. Condition keys of the request that are not \
            given are missing in it.
            """
    )

    @OptionGroup var options: StoreOptions

    @Option(
        help: "The ARN of a user, a role, a role's session or an account's root user, or a service's name."
    )
    var principal: String

    @OptionGroup var question: QuestionOptions

    @Option(help: "The action, such as kms:Decrypt.")
    var action: String

    @Option(help: "The resource's ARN.")
    var resource: String

    mutating func run() async throws {
        let question = try question.question(action, resource)
        try await options.withDeployment { deployment in
            let explainer = AccessExplainer(deployment, now: SystemTime.now())
            let principal = try await explainer.principal(principal)
            for line in try await explainer.answer(question, for: principal).lines { Output.print(line) }
        }
    }
}

/// Tells who may do something.
struct WhoCan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who-can",
        abstract: "List the principals that may do something to a resource, and by which path."
    )

    @OptionGroup var options: StoreOptions

    @Argument(help: "The action, such as kms:Decrypt.")
    var action: String

    @Argument(help: "The resource's ARN.")
    var resource: String

    @OptionGroup var question: QuestionOptions

    mutating func run() async throws {
        let question = try question.question(action, resource)
        try await options.withDeployment { deployment in
            let survey = try await AccessExplainer(deployment, now: SystemTime.now())
                .survey(question, of: deployment.administration)
            for entry in survey.allowed { Output.print("\(entry.principal)\t\(entry.path)") }
            for entry in survey.perhaps {
                Output.print("\(entry.principal)\tonly if the request has what is asked for: \(entry.path)")
            }
        }
    }
}

/// The circumstances of a request that nobody has made.
struct QuestionOptions: ParsableArguments {
    @Option(help: "A pair of the encryption context, NAME=VALUE; can be given again.")
    var context: [String] = []

    @Option(help: "A condition key of the request, as in aws:SourceIp=192.0.2.1; can be given again.")
    var condition: [String] = []

    func question(_ action: String, _ resource: String) throws(ExplainError) -> AccessQuestion {
        try AccessQuestion(action: action, resource: resource, context: context, conditions: condition)
    }
}
