import Foundation
import KES
import Testing

@Suite("Moment")
struct MomentTests {
    @Test(arguments: [
        ("2026-11-21T01:53:19.356961074Z", "2026-11-21T01:53:19.356961074Z"),
        ("2026-11-21T01:53:19Z", "2026-11-21T01:53:19Z"),
        ("2026-11-21T01:53:19.100Z", "2026-11-21T01:53:19.1Z"),
        ("2026-11-21T01:53:19+01:00", "2026-11-21T00:53:19Z"),
        ("2026-11-21T01:53:19.5-07:30", "2026-11-21T09:23:19.5Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ]) func `is read and written`(_ text: String, _ written: String) throws {
        #expect(try #require(Moment(rfc3339: text)).rfc3339 == written)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T01:53:19", "2026-11-21T01:53:19.Z", "2026-11-21T01:53:19.1234567890Z",
        "2026-13-21T01:53:19Z", "2026-11-21T01:53:19+0100", "2026-11-21T01:53:19+24:00",
        "2026-11-21 01:53:19Z",
        "2026-11-21T01:53:19ZZ", "0001-01-01T00:00:00+01:00",
    ]) func `is not read from other texts`(_ text: String) { #expect(Moment(rfc3339: text) == nil) }

    @Test func `is made of dates, whatever they are`() {
        #expect(Moment(Date(timeIntervalSince1970: 1.5)).rfc3339 == "1970-01-01T00:00:01.5Z")
        #expect(Moment(Date(timeIntervalSince1970: -0.5)).rfc3339 == "1969-12-31T23:59:59.5Z")
        #expect(Moment(.distantFuture).rfc3339.hasPrefix("4001-"))
        #expect(Moment(Date(timeIntervalSince1970: 1e300)).rfc3339.hasPrefix("9999-"))
    }
}
