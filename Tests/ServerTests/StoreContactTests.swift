import Testing

@testable import Server

@Suite("StoreContact")
struct StoreContactTests {
    private let start = ContinuousClock.now
    private let contact: StoreContact

    init() { contact = StoreContact(outageMax: .seconds(60), at: start) }

    private func after(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func `tells each turn once`() {
        #expect(contact.noteReading(at: after(1)) == nil)
        #expect(contact.noteFailure(at: after(2)) == .lost)
        #expect(contact.noteFailure(at: after(3)) == nil)
        #expect(contact.review(at: after(30)) == nil)
        #expect(contact.isDown && !contact.isLost)
        #expect(contact.review(at: after(62)) == .givenUp)
        #expect(contact.review(at: after(63)) == nil)
        #expect(contact.noteFailure(at: after(64)) == nil)
        #expect(contact.isLost)
        #expect(contact.noteReading(at: after(70)) == .regained(after: .seconds(69)))
        #expect(!contact.isLost && !contact.isDown)
        #expect(contact.noteReading(at: after(71)) == nil)
    }

    @Test func `a reading that neither succeeds nor fails counts as lost`() {
        #expect(contact.review(at: after(10)) == nil)
        #expect(contact.review(at: after(11)) == .lost)
        #expect(contact.review(at: after(12)) == nil)
        #expect(contact.review(at: after(61)) == .givenUp)
        #expect(contact.isLost)
    }

    @Test func `the loss is told before the end, however short the time between is`() {
        let contact = StoreContact(outageMax: .seconds(2), at: start)
        #expect(contact.review(at: after(1)) == nil)
        #expect(contact.review(at: start + .milliseconds(1100)) == .lost)
        #expect(contact.review(at: start + .milliseconds(2100)) == .givenUp)
    }

    @Test func `an outage that ends in time refuses nothing`() {
        #expect(contact.noteFailure(at: after(1)) == .lost)
        #expect(contact.review(at: after(59)) == nil)
        #expect(!contact.isLost)
        #expect(contact.noteReading(at: after(59)) == .regained(after: .seconds(59)))
        #expect(contact.review(at: after(100)) == .lost)
    }
}
