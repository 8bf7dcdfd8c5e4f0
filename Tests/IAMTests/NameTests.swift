import AWSProtocol
import Testing

@testable import IAM

@Suite("Names and ids")
struct NameTests {
    @Test(arguments: ["alice", "a", "Alice.B+c=d,e@f_g-h", String(repeating: "n", count: 64)])
    func `a user name of allowed characters is taken as it is`(text: String) {
        #expect(UserName(text)?.description == text)
    }

    @Test(arguments: [
        "", "al ice", "al/ice", "al:ice", "älice", "alice\n", "a*", String(repeating: "n", count: 65),
    ])
    func `a user name of other characters or lengths is refused`(text: String) {
        #expect(UserName(text) == nil)
    }

    @Test func `a policy name may be twice as long as a user name`() {
        #expect(PolicyName(String(repeating: "p", count: 128)) != nil)
        #expect(PolicyName(String(repeating: "p", count: 129)) == nil)
    }

    @Test func `fresh ids have the form that their readers take and never repeat`() {
        let keys = (0..<500).map { _ in AccessKeyID.random() }
        #expect(Set(keys).count == 500)
        #expect(keys.allSatisfy { AccessKeyID($0.description) == $0 })
        let users = (0..<500).map { _ in PrincipalID.user() }
        #expect(Set(users).count == 500)
        #expect(users.allSatisfy { $0.description.hasPrefix("AIDA") && PrincipalID($0.description) == $0 })
        let accounts = (0..<500).map { _ in AccountID.random() }
        #expect(accounts.allSatisfy { AccountID($0.description) == $0 && !$0.description.hasPrefix("0") })
    }

    @Test(arguments: [
        "", "AKIA", "AKIA2345ABCD2345ABC", "AKIA2345ABCD2345ABCDE", "AIDA2345ABCD2345ABCD",
        "AKIA2345ABCD2345ABC1", "akia2345abcd2345abcd", "AKIA2345ABCD2345AB/D",
    ])
    func `text that is no access key id is refused`(text: String) {
        #expect(AccessKeyID(text) == nil)
    }
}
