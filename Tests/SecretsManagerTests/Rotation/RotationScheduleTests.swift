import Foundation
import Testing

@testable import SecretsManager

@Suite("Rotation schedules")
struct RotationScheduleTests {
    private static func date(_ text: String) throws -> Date {
        try #require(try? Date(text, strategy: .iso8601))
    }

    private func schedule(_ expression: String, _ duration: String? = nil) throws -> RotationSchedule {
        let recurrence = try #require(RotationSchedule.Recurrence(expression), "\(expression)")
        return try RotationSchedule(recurrence, duration: duration)
    }

    /// From Saturday, 15 November 2025, 10:30.
    @Test(arguments: [
        ("rate(1 day)", "2025-11-16T00:00:00Z", "2025-11-17T00:00:00Z"),
        ("rate(10 days)", "2025-11-25T00:00:00Z", "2025-11-26T00:00:00Z"),
        ("rate(4 hours)", "2025-11-15T14:00:00Z", "2025-11-15T15:00:00Z"),
        ("cron(0 8 1 * ? *)", "2025-12-01T08:00:00Z", "2025-12-02T00:00:00Z"),
        ("cron(0 4/12 * * ? *)", "2025-11-15T16:00:00Z", "2025-11-15T17:00:00Z"),
        ("cron(0 1 L * ? *)", "2025-11-30T01:00:00Z", "2025-12-01T00:00:00Z"),
        ("cron(0 1 15,L * ? *)", "2025-11-30T01:00:00Z", "2025-12-01T00:00:00Z"),
        ("cron(0 10 ? * TUE#2 *)", "2025-12-09T10:00:00Z", "2025-12-10T00:00:00Z"),
        ("cron(0 10 ? 2/3 3#2 *)", "2026-02-10T10:00:00Z", "2026-02-11T00:00:00Z"),
        ("cron(0 10 ? * 6L *)", "2025-11-28T10:00:00Z", "2025-11-29T00:00:00Z"),
        ("cron(0 12 ? * mon-fri *)", "2025-11-17T12:00:00Z", "2025-11-18T00:00:00Z"),
        ("cron(0 12 ? * L *)", "2025-11-15T12:00:00Z", "2025-11-16T00:00:00Z"),
        ("cron(0 0 1 JAN,JUL ? *)", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
        ("cron(0 0 29 2 ? *)", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"),
        ("cron(0 10 15 * ? *)", "2025-12-15T10:00:00Z", "2025-12-16T00:00:00Z"),
        ("cron(0 0 */10 * ? *)", "2025-11-21T00:00:00Z", "2025-11-22T00:00:00Z"),
        ("cron(0 5 SUNL * ? *)", "2025-11-30T05:00:00Z", "2025-12-01T00:00:00Z"),
        ("cron(0 5 20,friL * ? *)", "2025-11-20T05:00:00Z", "2025-11-21T00:00:00Z"),
        ("cron(0 5 29,friL * ? *)", "2025-11-28T05:00:00Z", "2025-11-29T00:00:00Z"),
    ])
    func `open their next window at`(_ expression: String, _ opens: String, _ closes: String) throws {
        let window = try schedule(expression).window(after: try Self.date("2025-11-15T10:30:00Z"))
        #expect(window == RotationWindow(opensAt: try Self.date(opens), closesAt: try Self.date(closes)))
    }

    /// The examples of AWS's user guide, "Rotation schedules".
    @Test(arguments: [
        ("cron(0 /8 * * ? *)", "2025-11-15T16:00:00Z"), ("cron(0 8/8 * * ? *)", "2025-11-15T16:00:00Z"),
        ("cron(0 2/10 * * ? *)", "2025-11-15T12:00:00Z"), ("cron(0 10 * * ? *)", "2025-11-16T10:00:00Z"),
        ("cron(0 18 ? * SAT *)", "2025-11-15T18:00:00Z"), ("cron(0 8 1 * ? *)", "2025-12-01T08:00:00Z"),
        ("cron(0 1 ? 1/3 SUN#1 *)", "2026-01-04T01:00:00Z"),
        ("cron(0 17 L * ? *)", "2025-11-30T17:00:00Z"),
        ("cron(0 8 ? * MON-FRI *)", "2025-11-17T08:00:00Z"),
        ("cron(0 16 1,15 * ? *)", "2025-11-15T16:00:00Z"),
        ("cron(0 0 ? * SUN#1 *)", "2025-12-07T00:00:00Z"),
    ])
    func `are read as AWS writes them`(_ expression: String, _ opens: String) throws {
        let window = try schedule(expression).window(after: try Self.date("2025-11-15T10:30:00Z"))
        #expect(try window?.opensAt == Self.date(opens))
    }

    @Test(arguments: [
        ("rate(1 day)", nil, "2025-11-15T00:00:00Z"), ("rate(1 day)", "3h", "2025-11-16T00:00:00Z"),
        ("rate(1 day)", "11h", "2025-11-15T00:00:00Z"), ("rate(6 hours)", nil, "2025-11-15T10:00:00Z"),
        ("cron(0 8 * * ? *)", nil, "2025-11-15T08:00:00Z"),
        ("cron(0 8 * * ? *)", "2h", "2025-11-16T08:00:00Z"),
        ("cron(0 0,8 * * ? *)", "8h", "2025-11-15T08:00:00Z"),
    ])
    func `make up for a window that passed at`(
        _ expression: String,
        _ duration: String?,
        _ opens: String
    ) throws {
        let now = try Self.date("2025-11-15T10:30:00Z")
        #expect(try schedule(expression, duration).overdueWindow(at: now)?.opensAt == Self.date(opens))
    }

    @Test func `show the days between rotations`() throws {
        let now = try Self.date("2025-11-15T10:30:00Z")
        #expect(try schedule("rate(10 days)").days(after: now) == 10)
        #expect(try schedule("rate(8 hours)").days(after: now) == nil)
        #expect(try schedule("cron(0 16 1,15 * ? *)").days(after: now) == 16)
    }

    @Test(arguments: [
        "", "rate", "rate()", "rate(1)", "rate(0 days)", "rate(-1 days)", "rate(1000 days)", "rate(1 week)",
        "rate(1 day", "rate(1.5 days)", "cron()", "cron(* * * * ? *)", "cron(5 8 * * ? *)",
        "cron(0 24 * * ? *)", "cron(0 8 0 * ? *)", "cron(0 8 32 * ? *)", "cron(0 8 * 13 ? *)",
        "cron(0 8 * * * *)", "cron(0 8 ? * ? *)", "cron(0 8 * * MON *)", "cron(0 8 * * ? 2026)",
        "cron(0 8 ? * 8 *)", "cron(0 8 ? * 2#6 *)", "cron(0 8 ? * 2#0 *)", "cron(0 8 ? * #2 *)",
        "cron(0 8 1, * ? *)", "cron(0 8 5-1 * ? *)", "cron(0 8 */0 * ? *)", "cron(0 8 1/ * ? *)",
        "cron(0 / * * ? *)", "cron(0 8 ,/2 * ? *)", "cron(0 8 1L * ? *)", "cron(0 8 XYZL * ? *)",
        "cron(0 8 1-2-3 * ? *)", "cron(0 8 ? * XYZ *)", "cron(0 8 ? * LL *)", "cron(0 ٣ * * ? *)",
        "cron(0 8 1 * ?)", "rate(99999999999999999999 days)", "Rate(1 day)",
    ])
    func `are none for`(_ text: String) {
        #expect(RotationSchedule.Recurrence(text) == nil)
    }

    @Test(arguments: [
        ("rate(3 hours)", nil), ("rate(4 hours)", "5h"), ("rate(1 day)", "25h"), ("rate(1 day)", "0h"),
        ("cron(0 22 * * ? *)", "3h"), ("cron(0 0,2 * * ? *)", nil), ("cron(0 0,6 * * ? *)", "7h"),
        ("rate(1 day)", "h"), ("rate(1 day)", "3m"), ("cron(0 20/4 * * ? *)", "5h"),
    ])
    func `refuse windows that do not fit`(_ expression: String, _ duration: String?) {
        #expect(throws: SecretsManagerError.self) { try schedule(expression, duration) }
    }

    @Test func `refuse dates that never come`() throws {
        let never = try schedule("cron(0 0 31 2 ? *)")
        #expect(throws: SecretsManagerError.self) {
            try never.requireWindows(after: try Self.date("2025-11-15T10:30:00Z"))
        }
    }

    /// Whatever is read makes windows that open later, one after the other, on the hour.
    @Test(arguments: 0..<20) func `take or refuse any text`(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let start = try Self.date("2025-11-15T10:30:00Z")
        for _ in 0..<300 {
            let text = Self.expression(&generator)
            guard let recurrence = RotationSchedule.Recurrence(text),
                let schedule = try? RotationSchedule(recurrence, duration: nil)
            else { continue }
            var date = start
            for _ in 0..<3 {
                guard let window = schedule.window(after: date) else { break }
                #expect(window.opensAt > date && window.closesAt > window.opensAt, "\(text), seed \(seed)")
                #expect(window.opensAt.wholeSeconds.isMultiple(of: 3_600), "\(text), seed \(seed)")
                date = window.opensAt
            }
        }
    }

    private static func expression(_ generator: inout Seeded) -> String {
        let alphabet = Array("0123456789*?,-/#L ()ABCDEFJMNORSTUW")
        func field() -> String {
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: "*"
            case 1: "?"
            case 2: String(Int.random(in: 0...40, using: &generator))
            case 3: ["MON", "2#2", "L", "6L", "JAN-MAR", "1/5", "*/3"].randomElement(using: &generator) ?? ""
            default:
                String(
                    (0..<Int.random(in: 0...5, using: &generator)).compactMap { _ in
                        alphabet.randomElement(using: &generator)
                    }
                )
            }
        }
        let fields = (0..<4).map { _ in field() }
        return "cron(0 \(fields.joined(separator: " ")) *)"
    }
}

/// Numbers that are the same in every run.
private struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
