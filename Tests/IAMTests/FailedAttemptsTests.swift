import Foundation
import IAM
import Testing

@Suite("Failed attempts")
struct FailedAttemptsTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `cost more each time, up to a limit`() {
        let attempts = FailedAttempts(.passwords)
        let costs = (1...14).map { _ in attempts.noteFailure("alice", at: start) }
        #expect(costs == [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
        #expect(attempts.secondsToWait("alice", at: start) == 300)
        #expect(attempts.secondsToWait("alice", at: start.addingTimeInterval(299)) == 1)
        #expect(attempts.secondsToWait("alice", at: start.addingTimeInterval(301)) == 0)
    }

    @Test func `cost others nothing, and nothing after a success`() {
        let attempts = FailedAttempts(.passwords)
        for _ in 1...10 { attempts.noteFailure("alice", at: start) }
        #expect(attempts.secondsToWait("bob", at: start) == 0)
        #expect(attempts.noteFailure("bob", at: start) == 0)
        attempts.noteSuccess("alice")
        #expect(attempts.secondsToWait("alice", at: start) == 0)
    }

    @Test func `of signatures are forgotten after a quiet minute, those of passwords are not`() {
        for (pace, later) in [(FailedAttempts.Pace.signatures, 0.0), (.passwords, 300)] {
            let attempts = FailedAttempts(pace)
            for _ in 1...20 { attempts.noteFailure("alice", at: start) }
            #expect(attempts.noteFailure("alice", at: start.addingTimeInterval(61)) == later)
        }
    }

    @Test func `of many principals fill no memory, and those that still cost something are kept longest`() {
        let attempts = FailedAttempts(.passwords, countMax: 100)
        for _ in 1...10 { attempts.noteFailure("alice", at: start) }
        for number in 1...1_000 {
            attempts.noteFailure("stranger-\(number)", at: start.addingTimeInterval(1))
            #expect(attempts.count <= 100)
        }
        #expect(attempts.secondsToWait("alice", at: start.addingTimeInterval(1)) > 0)
    }
}
