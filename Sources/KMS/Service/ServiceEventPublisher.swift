import AWSProtocol
import Cryptography
import Foundation
import Operations
import Storage
import Trail

/// Moves service events from the store to the trail, each once.
///
/// A node claims an event for a minute before it writes it, so that nodes do not write the same one. Only a
/// crash between the write and the removal has an event written again, with the same id, when the minute is
/// over; CloudTrail, too, promises delivery at least once.
struct ServiceEventPublisher {
    let kms: KeyManagementService
    let recorder: AuditRecorder
    /// Told of every record that could not be published; the others are.
    let onFailure: @Sendable (RecordKey, KMSError) -> Void

    private static let claimSeconds = 60.0
    private static let pageSize = 100

    /// Publishes what waits.
    ///
    /// - Throws: `.auditUnavailable` when the trail takes no more, `.storage` when the store fails.
    func publishAll(at now: Date) async throws(KMSError) {
        var after: String?
        while true {
            let page = try await storing { [after] () async throws(StorageError) in
                try await kms.store.scan(.serviceEvent, prefix: "", after: after, limit: Self.pageSize)
            }
            for record in page {
                do throws(KMSError) {
                    try await publish(record, at: now)
                } catch {
                    guard error.concernsOneRecord else { throw error }
                    onFailure(record.key, error)
                }
            }
            guard page.count == Self.pageSize else { return }
            after = page.last?.key.key
        }
    }

    private func publish(_ record: Record, at now: Date) async throws(KMSError) {
        var event = try RecordCodec.decode(ServiceEvent.self, from: record)
        if let until = event.claimedUntil, until > now { return }
        event.claimedUntil = now.addingTimeInterval(Self.claimSeconds)
        let claim = Write.put(
            record.key,
            try RecordCodec.encode(event),
            expecting: .version(record.version)
        )
        // A conflict means that another node has it.
        guard try await commitUnlessOvertaken([claim]) else { return }
        do throws(WireError) {
            try recorder.record(AuditEvent(event))
        } catch {
            event.claimedUntil = nil
            let release = Write.put(record.key, try RecordCodec.encode(event), expecting: .any)
            _ = try await commitUnlessOvertaken([release])
            throw .auditUnavailable
        }
        _ = try await commitUnlessOvertaken([.delete(record.key, expecting: .any)])
    }

    private func commitUnlessOvertaken(_ writes: [Write]) async throws(KMSError) -> Bool {
        try await kms.commitUnlessOvertaken(writes)
    }
}

extension AuditEvent {
    /// The CloudTrail record of an event: who calls is AWS itself.
    init(_ event: ServiceEvent) {
        let platform = AuditIdentity.platform(accountID: event.account.description)
        let internally = platform.invokedBy ?? ""
        self.init(
            userIdentity: platform.rendered,
            eventTime: event.date,
            eventSource: KeyManagementService.eventSource,
            eventName: event.name.rawValue,
            awsRegion: event.key.region.description,
            sourceIPAddress: internally,
            userAgent: internally,
            requestID: EventUUID(RequestID.random()),
            eventID: EventUUID(event.id),
            recipientAccountID: event.account.description
        )
        eventType = .serviceEvent
        resources = [
            Resource(
                accountID: event.account.description,
                type: KeyARN.resourceType,
                arn: KeyARN(event.key, event.account).description
            )
        ]
        serviceEventDetails = OutputWriter.auditFragment { output in
            output.string("KeyId", event.key.id.description)
            for (name, value) in event.details.sorted(by: { $0.key < $1.key }) { output.string(name, value) }
        }
    }
}
