import Foundation
import Testing

@testable import AWSProtocol

@Suite("Timestamp")
struct TimestampTests {
    private let date = Date(timeIntervalSince1970: 1_440_938_160)

    @Test func `has the forms of the protocols`() {
        #expect(Timestamp.basic(date) == "20150830T123600Z")
        #expect(Timestamp.day(date) == "20150830")
        #expect(Timestamp.iso8601(date) == "2015-08-30T12:36:00Z")
        #expect(
            Timestamp.iso8601Milliseconds(date.addingTimeInterval(0.0070001)) == "2015-08-30T12:36:00.007Z"
        )
        #expect(Timestamp.http(date) == "Sun, 30 Aug 2015 12:36:00 GMT")
        #expect(Timestamp.cloudTrail(date) == "Aug 30, 2015, 12:36:00 PM")
    }

    @Test(arguments: [(0, "12:05:09 AM"), (1, "1:05:09 AM"), (12, "12:05:09 PM"), (23, "11:05:09 PM")])
    func `writes hours as people say them for CloudTrail`(hour: Int, text: String) {
        let date = Date(timeIntervalSince1970: Double(hour * 3_600 + 309))
        #expect(Timestamp.cloudTrail(date) == "Jan 1, 1970, \(text)")
    }

    @Test func `cuts off fractions also before 1970`() {
        #expect(Timestamp.iso8601(Date(timeIntervalSince1970: -0.5)) == "1969-12-31T23:59:59Z")
        #expect(
            Timestamp.iso8601Milliseconds(Date(timeIntervalSince1970: -0.5)) == "1969-12-31T23:59:59.500Z"
        )
        #expect(Timestamp.iso8601(Date(timeIntervalSince1970: 0.9)) == "1970-01-01T00:00:00Z")
    }

    @Test func `keeps to four digits of year`() {
        #expect(Timestamp.basic(.distantFuture) == "40010101T000000Z")
        #expect(Timestamp.basic(Date(timeIntervalSince1970: 1e18)) == "99991231T235959Z")
        #expect(Timestamp.basic(Date(timeIntervalSince1970: -1e18)) == "00000101T000000Z")
    }

    @Test(arguments: 0..<2_000 as Range<UInt64>)
    func `agrees with Foundation's calendar`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let seconds = Int64.random(in: -50_000_000_000...250_000_000_000, using: &generator)
        let date = Date(timeIntervalSince1970: Double(seconds))
        let text = Timestamp.iso8601(date)
        #expect(Timestamp.parseISO8601(text) == date, "seed \(seed)")
        #expect(Timestamp.parseBasic(Timestamp.basic(date)) == date, "seed \(seed)")
        #expect(Timestamp.parseHTTP(Timestamp.http(date)) == date, "seed \(seed)")
        // Foundation's own calendar is Julian before 1582.
        guard seconds > -12_000_000_000 else { return }
        #expect(try Date(text, strategy: .iso8601) == date, "seed \(seed)")
    }

    @Test(arguments: [
        "", "20150830T123600", "20150830T123600z", "20150830 123600Z", "2015083T0123600Z", "20151330T123600Z",
        "20150230T123600Z", "20150229T123600Z", "20150830T243600Z", "20150830T126000Z", "20150830T123660Z",
        "20150830T123600Z ", "+2015830T123600Z", "20150800T123600Z", "20150030T123600Z", "2015083aT123600Z",
    ])
    func `refuses what is not the basic form or no moment`(_ text: String) {
        #expect(Timestamp.parseBasic(text) == nil)
    }

    @Test func `knows leap years`() {
        #expect(Timestamp.parseBasic("20160229T000000Z") != nil)
        #expect(Timestamp.parseBasic("20000229T000000Z") != nil)
        #expect(Timestamp.parseBasic("19000229T000000Z") == nil)
    }

    @Test(arguments: [
        ("2026-11-21T04:39:49Z", 1_795_235_989.0), ("2026-11-21T04:39:49.5Z", 1_795_235_989.5),
        ("1970-01-01T00:00:00.000000001Z", 1e-9),
    ])
    func `reads the extended form with and without a fraction`(_ text: String, _ seconds: Double) {
        #expect(Timestamp.parseISO8601(text) == Date(timeIntervalSince1970: seconds))
    }

    @Test(arguments: [
        "2026-11-21T04:39:49", "2026-11-21T04:39:49.Z", "2026-11-21T04:39:49+00:00", "2026-11-21 04:39:49Z",
        "2026-11-21T04:39:49.1234567890Z", "2026-1-21T04:39:49Z", "20261121T043949Z",
    ])
    func `refuses other extended forms`(_ text: String) {
        #expect(Timestamp.parseISO8601(text) == nil)
    }

    @Test(arguments: [
        "Mon, 30 Aug 2015 12:36:00 GMT", "Sun, 30 Aug 2015 12:36:00 UTC", "Sun, 3 Aug 2015 12:36:00 GMT",
        "Sunday, 30-Aug-15 12:36:00 GMT", "Sun Aug 30 12:36:00 2015", "Sun, 30 Aug 2015 12:36:00", "Sun",
        "Su",
        "sun, 30 Aug 2015 12:36:00 GMT", "Sun, 30 Aug 2015 12:36:00 GMTX", "Sun, 30 Au",
        "Sun, 31 Feb 2015 12:36:00 GMT",
    ])
    func `refuses other dates of HTTP`(_ text: String) {
        #expect(Timestamp.parseHTTP(text) == nil)
    }

    @Test(arguments: 0..<1_000 as Range<UInt64>)
    func `survives mutation`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let basic = String(decoding: generator.mutation(of: Array("20150830T123600Z".utf8)), as: UTF8.self)
        if let date = Timestamp.parseBasic(basic) { #expect(Timestamp.basic(date) == basic, "seed \(seed)") }
        let http = String(
            decoding: generator.mutation(of: Array("Sun, 30 Aug 2015 12:36:00 GMT".utf8)),
            as: UTF8.self
        )
        if let date = Timestamp.parseHTTP(http) { #expect(Timestamp.http(date) == http, "seed \(seed)") }
    }
}
