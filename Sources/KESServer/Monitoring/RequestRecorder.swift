package import Foundation
package import KES

/// The audit trail of a server that the KES door is a part of.
package protocol RequestRecorder: Sendable {
    /// Whether events are taken now.
    var isReady: Bool { get }
    /// Takes room for the event of a change before it begins; nil when there is none.
    func room() -> (any RecordRoom)?
    /// Records requests that were answered or refused, all of them or none; gives whether it did.
    func record(_ requests: [RecordedRequest], in room: (any RecordRoom)?) -> Bool
}

/// Room that is held until its last reference goes.
package protocol RecordRoom: AnyObject, Sendable {}

/// What is told of a request; nothing in it is secret.
package struct RecordedRequest: Sendable {
    package let route: Route
    /// What the path names behind the route.
    package let resource: String
    package let path: String
    /// Nil for a client without a certificate.
    package let identity: Identity?
    package let address: String
    package let status: Int
    package let date: Date
}

extension EventLog {
    /// A server that the KES door is a part of, and that hears of everything in the door's stead.
    package struct Host: Sendable {
        let recorder: any RequestRecorder
        let note: @Sendable (Level, String, [(name: String, value: String)]) -> Void

        package init(
            recorder: any RequestRecorder,
            note: @escaping @Sendable (Level, String, [(name: String, value: String)]) -> Void
        ) {
            self.recorder = recorder
            self.note = note
        }
    }
}

/// Events that are written together.
struct AuditBatch {
    var lines: [UInt8] = []
    var requests: [RecordedRequest] = []

    mutating func removeAll() {
        lines.removeAll(keepingCapacity: true)
        requests.removeAll(keepingCapacity: true)
    }
}
