import AWSProtocol
import ArgumentParser
import Cryptography
import Doors
import Foundation
import IAM
import Server

/// Makes an access key, and the user it is for when missing.
struct AccessKeyCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an access key and print it as a profile for AWS's credentials file.",
        discussion:
            "The secret is shown once. Without --user the key is the root user's, who may do everything."
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "The account. (default: the first one)")
    var account: AccountID?

    @Option(help: "The user the key is for, who is made when missing.")
    var user: UserName?

    @Option(
        help: """
            A file with an identity policy to set for the user under the file's name without its ending; \
            may be given several times.
            """
    )
    var policy: [String] = []

    @Option(help: "The name of the profile. (default: the user's name, or default)")
    var profile: String?

    mutating func validate() throws {
        guard policy.isEmpty || user != nil else {
            throw ValidationError("--policy needs --user: root users have no policies.")
        }
        guard profile.map({ !$0.isEmpty && !$0.contains(where: { "[]\n\r".contains($0) }) }) ?? true else {
            throw ValidationError("--profile cannot have brackets or line breaks.")
        }
    }

    mutating func run() async throws {
        let policies = try policy.map(Self.readPolicy)
        try await options.withDeployment { deployment in
            let administration = deployment.administration
            let account = try await administration.account(account)
            var owner = AccessKey.Owner.root(account)
            let now = SystemTime.now()
            if let user {
                try await administration.ensureUser(user, of: account, settingPolicies: policies, at: now)
                owner = .user(account, user)
            }
            let issued = try await administration.createAccessKey(for: owner, at: now)
            CredentialsFile.profile(profile ?? user?.description ?? "default", issued).exposingSecret {
                Output.print($0, terminator: "")
            }
        }
    }

    private static func readPolicy(_ path: String) throws -> (PolicyName, String) {
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        guard let name = PolicyName(name) else {
            throw ValidationError("'\(name)' cannot be the name of a policy; rename the file \(path).")
        }
        do {
            return (name, try String(contentsOfFile: path, encoding: .utf8))
        } catch {
            throw ValidationError("The policy file \(path) cannot be read as UTF-8 text.")
        }
    }
}
