package import struct Foundation.Date

/// Automatic rotation of a symmetric key.
package struct RotationSchedule: Hashable, Sendable, Codable {
    package var periodDays: Int
    /// When the next rotation is due.
    ///
    /// It keeps its date while the key is disabled, and is carried out as soon as the key is enabled again.
    package var next: Date

    /// Periods AWS accepts (EnableKeyRotation, `RotationPeriodInDays`).
    package static let periodDaysAllowed = 90...2560
    package static let periodDaysDefault = 365

    package init(periodDays: Int, from date: Date) {
        self.periodDays = periodDays
        next = date.addingTimeInterval(Double(periodDays) * secondsPerDay)
    }

    /// Goes on to the rotation after one that is carried out now.
    ///
    /// Dates do not drift when a rotation runs a little late. One that waited for its key to be enabled
    /// counts anew from now (GetKeyRotationStatus, "Disabled").
    mutating func advance(at now: Date) {
        let isLate = now.timeIntervalSince(next) > secondsPerDay
        self = RotationSchedule(periodDays: periodDays, from: isLate ? now : next)
    }
}
