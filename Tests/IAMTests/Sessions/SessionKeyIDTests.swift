import AWSProtocol
import Testing

@testable import IAM

@Suite("Ids of sessions' keys")
struct SessionKeyIDTests {
    @Test(arguments: ["000000000000", "000000000001", "123456789012", "999999999999"])
    func `tell their account and are never alike`(_ text: String) throws {
        let account = try #require(AccountID(text))
        let ids = (0..<200).map { _ in AccessKeyID.randomTemporary(of: account) }
        #expect(Set(ids).count == 200)
        for id in ids {
            #expect(id.isTemporary && AccessKeyID(id.description) == id)
            #expect(id.accountOfSession == account)
        }
    }

    /// The account stands where those who read AWS's ids look for it: 40 bits behind the first of 80.
    @Test func `are read as those of AWS`() {
        #expect(AccessKeyID("ASIAQNZGKIQY56JQ7WML")?.accountOfSession == AccountID("029608264753"))
    }

    @Test func `of other kinds and numbers tell none`() {
        #expect(AccessKeyID.random().accountOfSession == nil)
        #expect(AccessKeyID("ASIA7777777777777777")?.accountOfSession == nil)
    }
}
