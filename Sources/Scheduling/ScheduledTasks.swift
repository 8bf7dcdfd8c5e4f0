package import Storage

package import struct Foundation.Date

/// What a service does by itself at dates: the part of a scheduler that knows the service.
///
/// A task is an empty record whose key begins with its date, so that a scan meets those due first. Any number of nodes
/// may carry out the same task: the commit must fail if what it is about has changed meanwhile.
package protocol ScheduledTasks: Sendable {
    associatedtype Failure: SchedulingFailure
    associatedtype Event: PendingEvent

    /// The kind of the records that are tasks.
    static var schedule: RecordKind { get }
    /// The kind of the records that are events on their way to the trail.
    static var pendingEvents: RecordKind { get }

    var store: any RecordStore { get }

    /// When a task is due; nil for a key that is none's.
    static func date(of task: RecordKey) -> Date?

    /// Does what a task that is due asks for; forgets one that nothing asks for any more.
    ///
    /// - Returns: Whether anything was done that counts.
    func carryOut(_ task: Record, at now: Date) async throws(Failure) -> Bool

    /// Writes down what is kept in memory for a while, such as last uses.
    func flush() async throws(Failure)
}

/// What can stop a scheduler.
package protocol SchedulingFailure: Error {
    /// The trail cannot be written: no audit, no change.
    static var auditUnavailable: Self { get }
    static func storage(_ error: StorageError) -> Self

    /// Whether an error lies in one record, so that work on others can go on.
    var concernsOneRecord: Bool { get }
}

extension SchedulingFailure {
    /// Calls the store and turns its errors into the service's.
    static func storing<Value>(_ body: () async throws(StorageError) -> Value) async throws(Self) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .storage(error)
        }
    }
}
