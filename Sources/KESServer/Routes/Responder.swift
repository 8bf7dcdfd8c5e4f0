import AWSProtocol
import Cryptography
import KES
import NIOCore

/// Answers a request whose caller may make it.
struct Responder: Sendable {
    let state: KESState
    let door: KESDoor

    func answer(_ request: KESRequest) -> Answer {
        do throws(KESError) {
            return try begin(request)
        } catch {
            return .ready(.error(error))
        }
    }

    private func begin(_ request: KESRequest) throws(KESError) -> Answer {
        switch request.route {
        case .version: .ready(version)
        case .api: .ready(routes)
        case .metrics: .ready(metrics)
        case .ready: later { () throws(KESError) in try await ready() }
        case .status: .later { await status() }
        case .keyCreate: try create(request)
        case .keyImport: try importKey(request)
        case .keyDelete: try delete(request)
        case .keyDescribe: try describe(request)
        case .keyList: try list(request)
        case .keyGenerate, .keyEncrypt, .keyDecrypt, .keyBulkDecrypt, .keyHMAC: try withKey(request)
        case .policyDescribe, .policyRead: .ready(try policy(request))
        case .policyList: .ready(try policies(request))
        case .identityDescribe: .ready(try identity(request))
        case .identityList: .ready(try identities(request))
        case .identitySelfDescribe: .ready(try selfDescription(request))
        case .logAudit: .events(door.log.audit)
        case .logError: .events(door.log.errors)
        }
    }

    /// An answer that has to wait, or the error that comes of it.
    func later(_ work: @escaping @Sendable () async throws(KESError) -> KESResponse) -> Answer {
        .later {
            do throws(KESError) {
                return try await work()
            } catch {
                return .error(error)
            }
        }
    }
}
