import AWSProtocol
import Authorization
import CloudTrail
import Cryptography
import IAM
import KMS
import Operations
import Storage

package import struct Foundation.Date

/// Answers questions about access from the records of a deployment, beside a server or without one.
///
/// The engine is the one that decides requests, on the same compiled policies and grants.
package struct AccessExplainer: Sendable {
    let directory: IdentityDirectory
    let store: any RecordStore
    private let kms: KeyManagementService
    let now: Date

    package init(_ deployment: Deployment, now: Date) {
        store = deployment.store
        directory = IdentityDirectory(store: deployment.store, keyring: deployment.keyrings)
        kms = KeyManagementService(
            store: deployment.store,
            keyring: deployment.keyrings,
            principals: directory,
            regions: []
        )
        self.now = now
    }

    /// Decides and tells how.
    package func answer(
        _ question: AccessQuestion,
        for principal: ExplainedPrincipal
    ) async throws(ExplainError) -> AccessAnswer {
        answer(question, for: principal, on: try await resource(of: question))
    }

    func answer(
        _ question: AccessQuestion,
        for principal: ExplainedPrincipal,
        on resource: ExplainedResource
    ) -> AccessAnswer {
        let protected = resource.protected
        let request = AuthorizationRequest(
            caller: principal.caller,
            action: question.action,
            resource: protected.arn,
            resourceAccount: protected.account.description,
            resourcePolicy: protected.policy,
            delegation: protected.delegation,
            allowsCrossAccount: resource.crossesAccounts(question.action),
            grants: protected.grants,
            context: resource.context(principal.caller, question, now)
        )
        request.simulation = Simulation(values: question.conditions)
        var answer = AccessAnswer(
            question: question,
            principal: principal,
            resource: protected.arn,
            explanation: Authorizer.explain(request)
        )
        if let need = resource.need {
            let calling = principal.calling(via: need.service)
            answer.needed = [self.answer(need.question, for: calling, on: need.resource)]
        }
        return answer
    }

    /// What guards the resource of a question.
    func resource(of question: AccessQuestion) async throws(ExplainError) -> ExplainedResource {
        let arn = question.resource
        guard let account = arn.account else {
            throw .question("\(arn) names no account, so that it cannot be told whose it is.")
        }
        switch arn.service {
        case "kms": return try await key(of: question, in: account)
        case "iam" where question.action.lowercased().hasPrefix("sts:"):
            return try await role(of: question, in: account)
        case "sns" where question.action.lowercased().hasPrefix("sns:"): return try await topic(of: question)
        case "secretsmanager" where Self.isAboutSecret(question.action): return try await secret(of: question)
        default: return ExplainedResource(protected: .guardedByIdentities("\(arn)", account))
        }
    }

    /// Whether there must be a secret for the action.
    private static func isAboutSecret(_ action: String) -> Bool {
        let action = action.lowercased()
        return action.hasPrefix("secretsmanager:") && action != "secretsmanager:createsecret"
    }

    /// Nobody's call: it finds what is there and makes nothing.
    func nobody(in region: Region) -> Call {
        Call(
            caller: .anonymous,
            region: region,
            now: now,
            source: CallSource(ipAddress: "", userAgent: ""),
            accessKeyID: nil
        )
    }

    private func key(
        of question: AccessQuestion,
        in account: AccountID
    ) async throws(ExplainError) -> ExplainedResource {
        let arn = question.resource
        guard let region = arn.region else { throw .question("\(arn) names no Region.") }
        let isAliasAction = ["createalias", "updatealias", "deletealias"]
            .contains(question.action.lowercased().dropFirst("kms:".count))
        if arn.resource.hasPrefix("alias/"), isAliasAction {
            return ExplainedResource(protected: .guardedByIdentities("\(arn)", account))
        }
        let reference: KeyReference
        do throws(KMSError) {
            reference = try KeyReference("\(arn)", for: nobody(in: region))
        } catch {
            throw .absent(error.wire.message ?? error.wire.code)
        }
        return try await key(reference, in: region)
    }

    /// A key with its policy and grants.
    func key(_ reference: KeyReference, in region: Region) async throws(ExplainError) -> ExplainedResource {
        do throws(KMSError) {
            let key = try await kms.load(reference, for: nobody(in: region))
            return ExplainedResource(protected: key.protected, key: key, region: region)
        } catch .storage(let error) {
            throw .failed("The store failed: \(error)")
        } catch {
            throw .absent(error.wire.message ?? error.wire.code)
        }
    }

    private func topic(of question: AccessQuestion) async throws(ExplainError) -> ExplainedResource {
        let arn = question.resource
        let requirement: Requirement?
        do throws(SNSError) {
            requirement = try await NotificationService.requirement(question.action, on: "\(arn)", in: store)
        } catch {
            throw .failed(error.wire.message ?? error.wire.code)
        }
        guard let requirement else { throw .absent("There is no topic \(arn).") }
        return ExplainedResource(
            protected: requirement.resource,
            conditions: requirement.conditions,
            region: arn.region,
            crossesAccounts: true
        )
    }

    private func role(
        of question: AccessQuestion,
        in account: AccountID
    ) async throws(ExplainError) -> ExplainedResource {
        let arn = question.resource
        guard let locator = EntityLocator(arn: "\(arn)"), locator.type == .role,
            let name = RoleName(locator.name)
        else { throw .question("\(arn) is not the ARN of a role.") }
        let snapshot = try await reading { () async throws(IAMError) in
            try await directory.role(name, of: account)
        }
        guard let snapshot, snapshot.role.arn == "\(arn)" else { throw .absent("There is no role \(arn).") }
        return ExplainedResource(
            protected: ProtectedResource(
                arn: "\(arn)",
                account: account,
                type: nil,
                policy: snapshot.trustPolicy,
                delegation: .required
            ),
            crossesAccounts: true
        )
    }
}

/// Calls the directory and turns its errors into sentences.
func reading<Value>(_ body: () async throws(IAMError) -> Value) async throws(ExplainError) -> Value {
    do throws(IAMError) {
        return try await body()
    } catch {
        throw .failed("\(error)")
    }
}

extension ProtectedResource {
    /// A resource without a policy of its own.
    fileprivate static func guardedByIdentities(_ arn: String, _ account: AccountID) -> ProtectedResource {
        ProtectedResource(arn: arn, account: account, type: nil)
    }
}
