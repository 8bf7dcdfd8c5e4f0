import AWSProtocol
package import Operations

/// Lists managed policies: the account's own, then those of AWS.
///
/// Source: IAM API Reference, ListPolicies.
package enum ListPolicies: IAMOperation {
    package struct Request: Sendable {
        let account: AccountID
        let scope: Scope
        let onlyAttached: Bool
        let pathPrefix: String
        let usage: PolicyUse?
        let page: PageInput

        /// Whether the answer shows a policy.
        func shows(_ view: PolicyView) -> Bool {
            guard view.policy.arn.path.hasPrefix(pathPrefix) else { return false }
            guard onlyAttached || usage != nil else { return true }
            return switch usage {
            case .attachment: view.usage.attachments > 0
            case .boundary: view.usage.boundaries > 0
            case nil: view.usage != PolicyUsage()
            }
        }
    }

    /// Whose policies are listed.
    enum Scope: String, Hashable, Sendable {
        case all = "All"
        case aws = "AWS"
        case local = "Local"
    }

    package static let name = "ListPolicies"
    package static let errors = ["ServiceFailure"]

    package static func references(in request: Request) -> [IAMReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        let resource = ProtectedResource(
            arn: "arn:aws:iam::\(request.account):policy\(request.pathPrefix)",
            account: request.account,
            type: nil
        )
        return [Requirement(action, on: resource, conditions: NoConditions())]
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<PolicyView> {
        let request = call.request
        let page = try iam.page(request.page, of: name, for: call.call)
        var views: [PolicyView] = []
        if request.scope != .aws, page.after?.hasPrefix(PolicyView.awsPrefix) != true {
            var after = page.after.map { String($0.dropFirst(PolicyView.ownPrefix.count)) }
            while views.count <= page.limit {
                let batch = try await iam.ownPolicies(of: request.account, after: after, max: 200)
                views += try await iam.views(batch, in: request.account).filter(request.shows)
                after = batch.last?.arn.name.folded
                if batch.count < 200 { break }
            }
        }
        if request.scope != .local, views.count <= page.limit {
            let rest = AWSManagedPolicies.all.filter { policy in
                page.after.map { $0 < PolicyView.position(policy.arn) } ?? true
            }
            views += try await iam.views(rest, in: request.account).filter(request.shows)
        }
        return try iam.page(views, page, of: name, for: call.call, position: \.position)
    }
}

// MARK: Wire

extension ListPolicies {
    package static let input: [Member] =
        [
            .optional("Scope", .policyScope),
            .optional("OnlyAttached", .boolean),
            .optional("PathPrefix", .policyPath),
            .optional("PolicyUsageFilter", .policyUsage),
        ] + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            account: try call.account(),
            scope: input.string("Scope").flatMap(Scope.init) ?? .all,
            onlyAttached: input.flag("OnlyAttached"),
            pathPrefix: input.string("PathPrefix") ?? "/",
            usage: input.policyUse("PolicyUsageFilter"),
            page: PageInput(input)
        )
    }

    package static func encode(_ response: Page<PolicyView>, into output: inout OutputWriter) {
        output.objects("Policies", response.elements) { output, view in
            output.managedPolicy(view.policy, view.usage, inList: true)
        }
        output.pageEnd(response.marker)
    }
}

extension Input {
    /// The use of policies that a filter asks for.
    func policyUse(_ member: String) -> PolicyUse? {
        switch string(member) {
        case "PermissionsPolicy": .attachment
        case "PermissionsBoundary": .boundary
        default: nil
        }
    }
}
