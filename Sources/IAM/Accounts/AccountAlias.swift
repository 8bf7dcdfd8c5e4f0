import AWSProtocol
import Operations
import Storage

/// The name that an account has in addresses of the console; no two accounts have the same.
struct AccountAlias: Hashable, Sendable, Codable {
    let account: AccountID
    let alias: String
}

extension RecordKind {
    /// `alias`: an `AccountAlias`.
    static let accountAlias = RecordKind("iam.account-alias")
    /// `account`: the account's `AccountAlias`.
    static let aliasOfAccount = RecordKind("iam.alias-of-account")
}

extension IAMService {
    /// The alias of an account with the version of its record; nil when it has none.
    func alias(of account: AccountID) async throws(IAMError) -> Kept<AccountAlias>? {
        let key = RecordKey(.aliasOfAccount, account.description)
        return try await directory.versioned(AccountAlias.self, key).map {
            Kept($0.value, version: $0.version)
        }
    }

    /// Gives an account an alias in place of the one it has.
    ///
    /// - Throws: `.exists` when an account has it already.
    func setAlias(_ text: String, of account: AccountID) async throws(IAMError) {
        let alias = AccountAlias(account: account, alias: text)
        let key = RecordKey(.accountAlias, text)
        guard try await directory.read(AccountAlias.self, key) == nil else {
            throw .exists("The account alias \(text) already exists.")
        }
        let known = try await self.alias(of: account)
        var writes = [
            try put(alias, key, expecting: .absent),
            try put(
                alias,
                RecordKey(.aliasOfAccount, account.description),
                expecting: known.map { .version($0.version) } ?? .absent
            ),
        ]
        if let known { writes.append(.delete(RecordKey(.accountAlias, known.value.alias), expecting: .any)) }
        try await commit(writes)
    }

    /// Takes an account's alias away.
    ///
    /// - Throws: `.noSuchPart` unless it is the one given.
    func removeAlias(_ text: String, of account: AccountID) async throws(IAMError) {
        guard let known = try await alias(of: account), known.value.alias == text else {
            throw .noSuchPart("The Account Alias with name \(text) cannot be found.")
        }
        try await commit([
            .delete(RecordKey(.aliasOfAccount, account.description), expecting: .version(known.version)),
            .delete(RecordKey(.accountAlias, text), expecting: .any),
        ])
    }
}

// MARK: Wire

/// What the operations on an alias are asked with.
package struct AliasRequest: Sendable {
    let account: AccountID
    let alias: String

    static let members: [Member] = [.required("AccountAlias", .accountAlias)]

    init(_ input: Input, for call: Call) throws(IAMError) {
        account = try call.account()
        alias = input.requiredString("AccountAlias")
    }
}

extension Shape {
    fileprivate static let accountAlias = Shape.string(length: 3...63, pattern: .accountAlias)
}

extension Pattern {
    /// Letters and digits, with single hyphens between them.
    fileprivate static let accountAlias = Pattern("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$") { text in
        !text.contains("--") && !text.hasPrefix("-") && !text.hasSuffix("-")
            && text.unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-"
            }
    }
}
