import AWSProtocol
import Authorization
import Cryptography
import Foundation
import Operations

/// What the cryptographic operations share: grant tokens, dry runs, usage and state.
package struct CryptographicOptions: Sendable {
    let grantTokens: [String]
    let isDryRun: Bool

    init(_ input: Input) {
        grantTokens = input.strings("GrantTokens") ?? []
        isDryRun = input.flag("DryRun")
    }

    /// The options of an operation that takes grant tokens but no dry run.
    init(grantTokens: [String]) {
        self.grantTokens = grantTokens
        isDryRun = false
    }

    /// The members these options are read from.
    static let members: [Member] = [.optional("GrantTokens", .grantTokens), .optional("DryRun", .boolean)]
}

/// Calls the cryptography and turns its errors into the service's.
func cryptography<Value: ~Copyable>(
    _ body: () throws(CryptographyError) -> Value
) throws(KMSError) -> Value {
    do throws(CryptographyError) {
        return try body()
    } catch {
        throw KMSError(error)
    }
}

extension Call {
    /// The account of the caller.
    func account() throws(KMSError) -> AccountID {
        guard let account = caller.account.flatMap({ AccountID($0) }) else { throw .internalFailure }
        return account
    }
}

extension ResolvedKey {
    /// Refuses a key of another usage than an operation works with, or in a state that forbids use.
    func require(_ usage: KeyUsage, for operation: String, at now: Date) throws(KMSError) {
        guard snapshot.usage == usage else {
            throw .usageNotValid(key.arn, snapshot.usage, operation: operation)
        }
        try snapshot.requireUsable(at: now)
    }
}

extension KeyManagementService {
    /// The last checks before an operation does its work: the grant tokens are real, and it is no dry run.
    func proceed(_ options: CryptographicOptions) throws(KMSError) {
        for token in options.grantTokens { _ = try openGrantToken(token) }
        if options.isDryRun { throw .dryRun }
    }

    /// Notes a successful cryptographic use of a key.
    func noteUse(of key: ResolvedKey, by operation: String, in call: Call) {
        lastUsage.note(operation, of: key.snapshot.locator, by: call)
    }
}
