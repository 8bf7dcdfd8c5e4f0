import Testing

@testable import CloudTrail

@Suite("Retries of deliveries")
struct DeliveryScheduleTests {
    @Test func `begin after a second and go on for hours`() throws {
        let pauses = (1...51).map { DeliverySchedule.standard.pause(afterAttempts: $0) }
        #expect(pauses[0] == 1 && pauses[1] == 1)
        let known = pauses.compactMap(\.self)
        #expect(known.count == 50 && pauses[50] == nil)
        #expect(known == known.sorted())
        #expect(known.last == 600)
        #expect((6 * 3600...8 * 3600).contains(Int(known.reduce(0, +))))
    }

    @Test func `follow a policy`() throws {
        let text =
            #"{"healthyRetryPolicy":{"minDelayTarget":2,"maxDelayTarget":10,"numRetries":5,"#
            + #""numNoDelayRetries":1,"numMinDelayRetries":1,"numMaxDelayRetries":1,"backoffFunction":"linear"}}"#
        let schedule = try DeliverySchedule(parsing: text, ofTopic: false)
        let pauses = (1...6).map { schedule.pause(afterAttempts: $0) }
        #expect(pauses[0] == 0 && pauses[1] == 2 && pauses[4] == 10 && pauses[5] == nil)
        #expect(pauses[2] ?? 0 > 2 && pauses[3] ?? 99 < 10)
        let again = try DeliverySchedule(parsing: schedule.rendered(ofTopic: false), ofTopic: false)
        #expect(again == schedule)
    }

    @Test func `have AWS's values where a policy names none`() throws {
        let schedule = try DeliverySchedule(
            parsing: #"{"healthyRetryPolicy":{"numRetries":2}}"#,
            ofTopic: false
        )
        #expect((1...3).map { schedule.pause(afterAttempts: $0) } == [20, 20, nil])
        let standard = DeliverySchedule.standard
        #expect(try DeliverySchedule(parsing: standard.rendered(ofTopic: true), ofTopic: true) == standard)
    }

    @Test(arguments: [
        "", "[]", #"{"healthyRetryPolicy":5}"#, #"{"other":{}}"#,
        #"{"healthyRetryPolicy":{"numRetries":101}}"#,
        #"{"healthyRetryPolicy":{"numRetries":-1}}"#, #"{"healthyRetryPolicy":{"minDelayTarget":0}}"#,
        #"{"healthyRetryPolicy":{"minDelayTarget":30,"maxDelayTarget":20}}"#,
        #"{"healthyRetryPolicy":{"numRetries":1,"numNoDelayRetries":2}}"#,
        #"{"healthyRetryPolicy":{"backoffFunction":"cubic"}}"#, #"{"healthyRetryPolicy":{"x":1}}"#,
        #"{"throttlePolicy":{"maxReceivesPerSecond":1}}"#,
    ])
    func `are refused as they cannot be`(_ text: String) {
        #expect(throws: SNSError.self) { try DeliverySchedule(parsing: text, ofTopic: false) }
    }
}
