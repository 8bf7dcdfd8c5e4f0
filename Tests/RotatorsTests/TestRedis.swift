import Foundation
import Glibc
import SecretsManager
import Testing

@testable import Rotators

/// A Redis server of its own, which ends with the test; its administrator is `default` with `admin-password`.
final class TestRedis {
    let port: Int
    let directory: URL
    private let process = Process()

    init(hasUserFile: Bool = true) async throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        port = try Self.freePort()
        let user = "user default on >admin-password ~* +@all\n"
        var settings = "port \(port)\nbind 127.0.0.1\ndir \(directory.path)\nsave \"\"\n"
        if hasUserFile {
            try user.write(to: directory.appending(path: "users.acl"), atomically: true, encoding: .utf8)
            settings += "aclfile \(directory.path)/users.acl\n"
        } else {
            settings += user
        }
        let file = directory.appending(path: "redis.conf")
        try settings.write(to: file, atomically: true, encoding: .utf8)
        process.executableURL = URL(filePath: "/usr/bin/redis-server")
        process.arguments = [file.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<200 {
            if try await ask("default", "admin-password", ["PING"]) != nil { return }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw NotStarted()
    }

    private struct NotStarted: Error {}

    deinit {
        // Waiting would need a run loop that the threads of tests do not have.
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: directory)
    }

    /// The answer to a command of a user; nil when the password is wrong or nobody answers.
    func ask(_ user: String, _ password: String, _ words: [String]) async throws -> RESPValue? {
        let value = SecretValue(.string, Array(value(user: user, password: password).utf8))
        let credentials = try DatabaseCredentials(value, what: "the value", engine: .redis)
        do throws(RotationFailure) {
            return try await RedisConversation.hold(
                with: credentials,
                at: ["127.0.0.1"],
                authorities: "",
                secondsMax: 5
            ) { redis async throws(RotationFailure) in
                guard try await redis.authenticate(user, credentials.password) == nil else { return nil }
                return try await redis.ask(words)
            }
        } catch {
            return nil
        }
    }

    func administer(_ words: String...) async throws {
        #expect(try await ask("default", "admin-password", words) == .simple("OK"))
    }

    func value(user: String, password: String, more: String = "") -> String {
        #"{"engine":"redis","host":"127.0.0.1","port":\#(port),"username":"\#(user)","#
            + #""password":"\#(password)","ssl":false\#(more)}"#
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard status else { throw NotStarted() }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
