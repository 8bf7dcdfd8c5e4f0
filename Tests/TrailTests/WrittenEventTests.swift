import Foundation
import Testing

@testable import Trail

@Suite("WrittenEvent")
struct WrittenEventTests {
    private static let hash = EventHash(.random())

    /// The numbers of an event as a walk finds them.
    private func walked(_ json: [UInt8], time: UInt32) -> IndexColumns.Row {
        json.withUnsafeBytes {
            let summary = EventSummary($0)
            let caller = IndexColumns.Caller(summary, hash: Self.hash)
            return IndexColumns.Row(summary, of: caller, time: time, offset: 17, hash: Self.hash)
        }
    }

    /// The same read from both ends; nil when the event has another form.
    private func written(_ json: [UInt8], time: UInt32, by likely: [UInt8] = []) -> IndexColumns.Row? {
        json.withUnsafeBytes { json in
            likely.withUnsafeBytes { likely in
                WrittenEvent(json, by: likely).map { event in
                    var identity = EventSummary()
                    identity.takeIdentity(event.identity)
                    let caller = IndexColumns.Caller(identity, hash: Self.hash)
                    return IndexColumns.Row(
                        event.summary,
                        of: caller,
                        time: time,
                        offset: 17,
                        hash: Self.hash
                    )
                }
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `finds in events of all kinds what a walk finds`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var identity: [UInt8] = []
        for number in 0..<100 {
            let json = LookupScene.sample(number, using: &generator).event
            let row = try #require(written(json, time: 5), "seed \(seed)")
            #expect(row == walked(json, time: 5), "seed \(seed)")
            #expect(written(json, time: 5, by: identity) == row, "seed \(seed)")
            identity = json.withUnsafeBytes { json in
                WrittenEvent(json, by: UnsafeRawBufferPointer(start: nil, count: 0)).map {
                    Array($0.identity)
                } ?? []
            }
            #expect(!identity.isEmpty)
        }
    }

    private func event(_ text: String) -> AuditEvent {
        var event = AuditEvent(
            userIdentity: AuditIdentity(kind: .iamUser, accessKeyID: text, userName: text).rendered,
            eventTime: Date(timeIntervalSince1970: LookupScene.start),
            eventSource: text,
            eventName: text,
            awsRegion: text,
            sourceIPAddress: text,
            userAgent: text,
            requestID: EventUUID(high: 1, low: 1),
            eventID: EventUUID(high: 2, low: 3),
            recipientAccountID: text
        )
        event.errorCode = text
        event.errorMessage = text
        event.resources = [.init(accountID: text, type: text, arn: text)]
        return event
    }

    private static let hostileTexts = [
        "", "\"", "\\", "\\\"", "\"\\", "a", "1234567", "12345678", "123456789", "é漢🔑", "\n\t\u{1}",
        #"","eventID":"x"#, #"x","ARN":"y"#, #""}],"eventType":"AwsApiCall""#, #","readOnly":false"#,
        #"","eventCategory":"Management"}"#, #"","awsRegion":"x","#, #""}}"#, #"\","type":"\"#,
        #"","clientProvidedHostHeader":"","cipherSuite":""#, String(repeating: "k", count: 500),
    ]

    /// What cannot be read may be left to the walk; what is read is what the walk reads.
    @Test(arguments: hostileTexts, [false, true])
    func `takes no text for members`(text: String, isOverTLS: Bool) {
        var event = event(text)
        if isOverTLS {
            event.tlsDetails = .init(tlsVersion: text, cipherSuite: text, clientProvidedHostHeader: text)
        }
        let json = event.render()
        if let row = written(json, time: 5) { #expect(row == walked(json, time: 5)) }
        if !text.contains("\""), !text.contains("\\") { #expect(written(json, time: 5) != nil) }
    }

    @Test func `leaves other forms to the walk`() {
        var shared = event("a")
        shared.sharedEventID = "s"
        #expect(written(shared.render(), time: 5) == nil)
        var act = event("a")
        act.eventType = .serviceEvent
        #expect(written(act.render(), time: 5) == nil)
        #expect(written([], time: 5) == nil)
        #expect(written(Array("{}".utf8), time: 5) == nil)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `reads no further than there is`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var json = LookupScene.sample(1, using: &generator).event
        let whole = json
        json.removeFirst(Int.random(in: 0..<json.count, using: &generator))
        #expect(json.count == whole.count || written(json, time: 5, by: whole) == nil)
        json = Array(whole.dropLast(Int.random(in: 1..<whole.count, using: &generator)))
        #expect(written(json, time: 5, by: whole) == nil)
        json = whole
        for _ in 0..<3 { json[Int.random(in: 0..<json.count, using: &generator)] ^= 1 << 5 }
        _ = written(json, time: 5)
        _ = written(generator.bytes(300), time: 5)
    }

    @Test func `an indexer gives each event the identity that is its own`() {
        var generator = SeededGenerator(seed: 7)
        var indexer = EventIndexer(.random())
        let unused = indexer
        for number in 0..<300 {
            let json = LookupScene.sample(number, secondsApart: 60, using: &generator).event
            let row = json.withUnsafeBytes { indexer.row(of: $0, at: number) }
            // A fresh one remembers nothing.
            var fresh = unused
            #expect(json.withUnsafeBytes { fresh.row(of: $0, at: number) } == row)
        }
    }
}
