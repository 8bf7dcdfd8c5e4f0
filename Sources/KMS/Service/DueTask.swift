import Foundation
import Storage

/// Something the scheduler must do to a key at a date.
struct DueTask: Hashable {
    enum Kind: String {
        case delete
        /// Records that an erased key has left: grants, of which there may be many.
        case erase
        case expire
        case rotate
    }

    let kind: Kind
    let date: Date
    let key: KeyLocator

    /// Sorts by date: seconds since 1970 in twelve digits, rounded up so that a task is never early.
    var recordKey: RecordKey {
        RecordKey(.schedule, "\(Digits.seconds(of: date))/\(kind.rawValue)/\(key.path)")
    }

    init(_ kind: Kind, at date: Date, of key: KeyLocator) {
        self.kind = kind
        self.date = date
        self.key = key
    }

    /// The task in the key of a schedule record.
    init?(_ record: RecordKey) {
        let parts = record.key.split(separator: "/", maxSplits: 2)
        guard parts.count == 3, let seconds = Int(parts[0]), let kind = Kind(rawValue: String(parts[1])),
            let key = KeyLocator(recordPath: parts[2])
        else { return nil }
        self.init(kind, at: Date(timeIntervalSince1970: Double(seconds)), of: key)
    }
}

extension Key {
    /// What the scheduler has to do to this key, by its present state.
    var dueTasks: [DueTask] {
        var tasks: [DueTask] = []
        if let date = state.deletionDate { tasks.append(DueTask(.delete, at: date, of: locator)) }
        for material in materials {
            if material.wrapped != nil, let date = material.imported?.validTo {
                tasks.append(DueTask(.expire, at: date, of: locator))
            }
        }
        // A replica follows its primary; a key that is not enabled rotates when it is enabled again.
        if let rotation, state == .enabled, !isMultiRegionReplica {
            tasks.append(DueTask(.rotate, at: rotation.next, of: locator))
        }
        return tasks
    }
}
