import AWSProtocol
package import Authorization

extension IdentityDirectory: PrincipalDirectory {
    /// Whether a principal exists here.
    ///
    /// Accounts exist when their record does, users likewise; roles and their sessions do not exist, nor do
    /// identity providers and S3's canonical users. All services exist. While the store fails nobody
    /// can tell.
    package func status(of principal: PrincipalPattern) async -> PrincipalStatus {
        do throws(IAMError) {
            switch principal {
            case .everyone, .service: return .exists(uniqueID: nil)
            case .account(let text):
                guard let account = AccountID(text), try await read(Account.self, account.recordKey) != nil
                else { return .absent }
                return .exists(uniqueID: nil)
            case .arn(let arn):
                return try await user(arn: arn).map { .exists(uniqueID: $0.id.description) } ?? .absent
            case .uniqueID(let text):
                guard let id = PrincipalID(text), try await user(id: id) != nil else { return .absent }
                return .exists(uniqueID: text)
            case .federated, .canonicalUser: return .absent
            }
        } catch {
            return .unknown(reason: error.description)
        }
    }

    /// The user an ARN names, its path included.
    private func user(arn text: String) async throws(IAMError) -> User? {
        guard let arn = ARN(text), arn.service == "iam", let account = arn.account,
            arn.resource.hasPrefix("user/"),
            let name = arn.resource.split(separator: "/").last.flatMap({ UserName(String($0)) }),
            let user = try await read(User.self, User.recordKey(account, name)), user.arn == text
        else { return nil }
        return user
    }

    /// The user with a unique id, if it still is the one of its name.
    private func user(id: PrincipalID) async throws(IAMError) -> User? {
        guard let place = try await read(UserPlace.self, id.recordKey),
            let user = try await read(User.self, User.recordKey(place.account, place.name)), user.id == id
        else { return nil }
        return user
    }
}
