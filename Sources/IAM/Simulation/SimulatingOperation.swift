import AWSProtocol
import Authorization
import Foundation
package import Operations

/// What SimulatePrincipalPolicy and SimulateCustomPolicy share: the answer, and how it is made.
package protocol SimulatingOperation: IAMOperation where Response == SimulationAnswer {}

/// A page of results.
package struct SimulationAnswer: Sendable {
    let results: [SimulationResult]
    let marker: String?
}

extension SimulatingOperation {
    package static var isReadOnly: Bool { true }

    /// Simulates what a request asks for with a principal's policies, on a thread for long work.
    static func simulate(
        _ request: SimulationRequest,
        _ principal: SimulationPrincipal,
        for call: Call,
        in iam: IAMService
    ) async throws(IAMError) -> SimulationAnswer {
        let simulation = PolicySimulation(
            caller: principal.caller.named(request.callerARN)
                .adding(request.policies, boundary: request.boundary),
            knowsCaller: principal.knowsCaller || request.callerARN != nil,
            sources: principal.sources
                + request.policies.map { PolicySimulation.Source(id: $0.name ?? "", type: "none") },
            resource: request.resource,
            values: request.values,
            epochSeconds: Int64(call.now.timeIntervalSince1970)
        )
        let asked = try iam.page(request.page, of: name, for: call)
        let bounded = request.bounded(asked, simulation)
        let found = try await LabourPool.shared.run(.sustained) { () throws(IAMError) in
            try request.results(simulation, bounded)
        }
        let page = try iam.page(found, bounded, of: name, for: call) { String($0.index) }
        return SimulationAnswer(results: page.elements.map(\.result), marker: page.marker)
    }
}

// MARK: Wire

extension SimulatingOperation {
    package static func encode(_ response: SimulationAnswer, into output: inout OutputWriter) {
        output.objects("EvaluationResults", response.results) { output, result in
            output.string("EvalActionName", result.action)
            output.string("EvalResourceName", result.resource)
            output.string("EvalDecision", result.outcome.rawValue)
            output.findings(of: result)
            guard result.resource != "*" else { return }
            output.objects("ResourceSpecificResults", [result]) { output, result in
                output.string("EvalResourceName", result.resource)
                output.string("EvalResourceDecision", result.outcome.rawValue)
                output.findings(of: result)
            }
        }
        output.pageEnd(response.marker)
    }
}

extension OutputWriter {
    fileprivate mutating func findings(of result: SimulationResult) {
        objects("MatchedStatements", result.statements) { output, statement in
            output.string("SourcePolicyId", statement.source.id)
            output.string("SourcePolicyType", statement.source.type)
            guard let span = statement.span else { return }
            output.position("StartPosition", span.start)
            output.position("EndPosition", span.end)
        }
        strings("MissingContextValues", result.missingKeys)
        guard let allowed = result.allowedByBoundary else { return }
        object("PermissionsBoundaryDecisionDetail") { $0.flag("AllowedByPermissionsBoundary", allowed) }
    }

    private mutating func position(_ name: String, _ position: StatementSpans.Position) {
        object(name) { output in
            output.integer("Line", position.line)
            output.integer("Column", position.column)
        }
    }
}
