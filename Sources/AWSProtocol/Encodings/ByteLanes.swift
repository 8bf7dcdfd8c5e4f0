/// Eight bytes at a time in one machine word, without branches or tables.
///
/// A word is eight lanes of one byte. No sum below crosses from one lane into the next, because every lane stays within
/// 0 to 255.
enum ByteLanes {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let highs: UInt64 = 0x8080_8080_8080_8080

    /// A one in each lane whose value is at least `bound`; all values must be below 128.
    static func flags(_ word: UInt64, atLeast bound: UInt64) -> UInt64 {
        (word &+ ones &* (128 &- bound)) >> 7 & ones
    }

    /// A one in each lane whose value lies within bounds; all values must be below 128.
    static func flags(_ word: UInt64, within bounds: ClosedRange<UInt64>) -> UInt64 {
        let reached = word &+ ones &* (128 &- bounds.lowerBound)
        let passed = word &+ ones &* (127 &- bounds.upperBound)
        return ((reached ^ passed) & highs) >> 7
    }
}
