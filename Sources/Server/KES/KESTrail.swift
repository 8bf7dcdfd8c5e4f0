import AWSProtocol
import KES
import KESServer
import Operations
import Trail

/// Writes the requests of the KES door into the server's audit trail.
struct KESTrail: RequestRecorder {
    /// What `kms.amazonaws.com` is for KMS.
    static let source = "kes.strongroom"

    let writer: TrailWriter
    let account: String
    let region: String
    let faults: FaultLog

    private final class Room: RecordRoom {
        let room: TrailRoom

        init(_ room: TrailRoom) { self.room = room }
    }

    /// Names are short; of paths only the beginning is told.
    private static let eventBytesMax = 16 * 1024
    private static let pathCharactersMax = 1024

    var isReady: Bool { writer.isWritable }

    func room() -> (any RecordRoom)? {
        do throws(TrailError) {
            return Room(try writer.reserve(Self.eventBytesMax, lane: lane))
        } catch {
            note(error)
            return nil
        }
    }

    func record(_ requests: [RecordedRequest], in room: (any RecordRoom)?) -> Bool {
        do throws(TrailError) {
            if let room = room as? Room, let request = requests.first, requests.count == 1 {
                try writer.append([PromisedEvent(event(request), in: room.room)])
            } else {
                try writer.append(requests.map(event), lane: lane)
            }
            return true
        } catch {
            note(error)
            return false
        }
    }

    private var lane: Int { TrailLane.current(of: writer.laneCount) }

    private func note(_ error: TrailError) {
        faults.note(ServerFault(step: "trail", requestID: nil, reason: "\(error)"), at: .now)
    }

    private func event(_ request: RecordedRequest) -> [UInt8] {
        let identity = AuditIdentity(
            kind: .unknown,
            principalID: request.identity?.text,
            accountID: account
        )
        var event = AuditEvent(
            userIdentity: identity.rendered,
            eventTime: request.date,
            eventSource: Self.source,
            eventName: request.route.eventName,
            awsRegion: region,
            sourceIPAddress: request.address,
            userAgent: "kes",
            requestID: EventUUID(RequestID.random()),
            eventID: EventUUID(EventID.random()),
            recipientAccountID: account
        )
        event.readOnly = !request.route.changesKeys
        if !(200..<300).contains(request.status) {
            event.errorCode = Self.code(of: request.status)
            event.errorMessage = "HTTP \(request.status)"
        }
        event.requestParameters = OutputWriter.auditFragment { output in
            if request.route.namesKey { output.string("keyName", String(request.resource.prefix(100))) }
            output.string("path", String(request.path.prefix(Self.pathCharactersMax)))
        }
        return event.render()
    }

    private static func code(of status: Int) -> String {
        switch status {
        case 403: "AccessDenied"
        case 404: "NotFound"
        case 500...: "InternalFailure"
        default: "InvalidRequest"
        }
    }
}

extension KESServer.Route {
    /// What the event of such a request is called, after KMS's operations where there is one like it.
    fileprivate var eventName: String {
        switch self {
        case .version: "GetVersion"
        case .ready: "GetReadiness"
        case .status: "GetStatus"
        case .metrics: "GetMetrics"
        case .api: "ListAPIs"
        case .keyCreate: "CreateKey"
        case .keyImport: "ImportKey"
        case .keyDescribe: "DescribeKey"
        case .keyList: "ListKeys"
        case .keyDelete: "DeleteKey"
        case .keyGenerate: "GenerateDataKey"
        case .keyEncrypt: "Encrypt"
        case .keyDecrypt: "Decrypt"
        case .keyBulkDecrypt: "BulkDecrypt"
        case .keyHMAC: "GenerateMac"
        case .policyDescribe: "DescribePolicy"
        case .policyRead: "GetPolicy"
        case .policyList: "ListPolicies"
        case .identityDescribe: "DescribeIdentity"
        case .identityList: "ListIdentities"
        case .identitySelfDescribe: "DescribeOwnIdentity"
        case .logError: "FollowErrorLog"
        case .logAudit: "FollowAuditLog"
        }
    }

    fileprivate var namesKey: Bool { path.hasPrefix("/v1/key/") && self != .keyList }
}
