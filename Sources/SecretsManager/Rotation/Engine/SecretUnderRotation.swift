import AWSProtocol
import Authorization
import Operations

import struct Foundation.Date

/// A secret as the engine shows it to a rotator: every access is an operation with the rotator's rights.
struct SecretUnderRotation: RotatingSecret {
    let service: SecretsManagerService
    let locator: SecretLocator
    let arn: String
    let run: RotationRun
    let caller: Caller
    let now: @Sendable () -> Date

    var token: String { run.token }
    var rotationToken: String { run.rotationToken }

    func value(_ label: RotationLabel) async throws(RotationFailure) -> SecretValue? {
        var members = [("SecretId", arn)]
        if label == .pending { members.append(("VersionId", token)) }
        // Whoever gave the rotation up may have moved its label.
        if label != .pending || !run.isRestoring { members.append(("VersionStage", label.rawValue)) }
        return try await read(members)
    }

    func currentValue(of secret: String) async throws(RotationFailure) -> SecretValue {
        guard let value = try await read([("SecretId", secret)]) else {
            throw .permanent("The secret \(secret) has no current value.")
        }
        return value
    }

    func putPending(_ value: SecretValue) async throws(RotationFailure) {
        guard run.step == .createSecret else {
            throw .permanent("Values are put in the step createSecret, not in \(run.step.rawValue).")
        }
        let content: (String, JSON) = value.exposingSecret { bytes in
            switch value.kind {
            case .string: ("SecretString", .string(JSONString(String(decoding: bytes, as: UTF8.self))))
            case .binary: ("SecretBinary", .string(JSONString(Base64.encode(bytes))))
            }
        }
        _ = try await perform(
            Durable(PutSecretValue.self),
            [
                ("SecretId", .string(JSONString(arn))), ("ClientRequestToken", .string(JSONString(token))),
                ("VersionStages", .array([.string(JSONString(Stage.pending))])),
                ("RotationToken", .string(JSONString(rotationToken))), content,
            ]
        )
    }

    func makePendingCurrent() async throws(RotationFailure) {
        guard run.step == .finishSecret else {
            throw .permanent("AWSCURRENT is moved in the step finishSecret, not in \(run.step.rawValue).")
        }
        let secret: Secret?
        do throws(SecretsManagerError) {
            secret = try await service.read(locator)?.0
        } catch {
            throw .temporary("The secret cannot be read: \(error)")
        }
        let holder = secret?.version(labelled: Stage.current)?.id
        guard holder != token else { return }
        var members: [(String, JSON)] = [
            ("SecretId", .string(JSONString(arn))), ("VersionStage", .string(JSONString(Stage.current))),
            ("MoveToVersionId", .string(JSONString(token))),
        ]
        if let holder { members.append(("RemoveFromVersionId", .string(JSONString(holder)))) }
        _ = try await perform(Durable(UpdateSecretVersionStage.self), members)
    }

    // MARK: Operations

    /// A value; nil when there is none.
    private func read(_ members: [(String, String)]) async throws(RotationFailure) -> SecretValue? {
        let request = members.map { ($0.0, JSON.string(JSONString($0.1))) }
        guard let answer = try await perform(Immediate(GetSecretValue.self), request) else { return nil }
        if case .string(let text)? = answer["SecretString"] { return SecretValue(.string, Array(text.utf8)) }
        guard let text = answer["SecretBinary"]?.text, let bytes = Base64.decode(text) else { return nil }
        return SecretValue(.binary, bytes)
    }

    /// The answer of an operation; nil when what it names is not there.
    private func perform(
        _ operation: some OperationEntry<SecretsManagerService>,
        _ members: [(String, JSON)]
    ) async throws(RotationFailure) -> JSON? {
        let body = JSON.object(
            JSONObject(uniqueMembers: members.map { (key: JSONString($0.0), value: $0.1) })
        )
        let reply = await operation.answer(call(), body: body, in: service.frame)
        let answer: JSON
        do throws(JSONError) {
            answer = try JSON.parse(reply.body)
        } catch {
            throw .temporary("\(operation.name) gave no answer.")
        }
        guard let code = reply.errorCode else { return answer }
        if code == "ResourceNotFoundException" { return nil }
        let reason = "\(operation.name) is refused: \(code): \(answer["message"]?.text ?? "")"
        throw reply.status >= 500 ? .temporary(reason) : .permanent(reason)
    }

    private func call() -> Call {
        Call(
            caller: caller,
            region: locator.region,
            now: now(),
            source: CallSource(
                ipAddress: SecretsManagerService.eventSource,
                userAgent: SecretsManagerService.eventSource
            ),
            accessKeyID: nil
        )
    }
}
