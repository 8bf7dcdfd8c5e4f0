import Authorization
import Testing

@testable import KMS

@Suite("Shared policies")
struct SharedPoliciesTests {
    private func policy(_ tag: String, principalIDs: [String: String] = [:]) -> KeyPolicy {
        let text =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"#
            + #"{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"kms:*","Resource":"*","#
            + #""Condition":{"StringEquals":{"aws:PrincipalTag/place":"\#(tag)"}}}]}"#
        return KeyPolicy(text: text, principalIDs: principalIDs)
    }

    @Test func `are told apart by their text`() throws {
        let policies = SharedPolicies()
        for tag in ["caf\u{e9}", "cafe"] {
            for _ in 0..<2 {
                let entry = try policies.entry(for: policy(tag))
                #expect(entry.policy.text.utf8.elementsEqual(policy(tag).text.utf8))
                #expect(entry.document.source.utf8.elementsEqual(policy(tag).text.utf8))
            }
        }
    }

    @Test func `hold no text that Unicode takes for another's`() {
        #expect(throws: KMSError.self) { try SharedPolicies().entry(for: policy("cafe\u{301}")) }
    }

    @Test func `are told apart by who their principals were`() throws {
        let policies = SharedPolicies()
        let bob = "arn:aws:iam::111122223333:user/bob"
        for id in ["AIDAFIRST", "AIDASECOND"] {
            let entry = try policies.entry(for: policy("one", principalIDs: [bob: id]))
            #expect(entry.document.principalIDs == [bob: id])
        }
        #expect(try policies.entry(for: policy("one")).document.principalIDs.isEmpty)
    }

    @Test func `that do not compile are refused each time`() {
        let policies = SharedPolicies()
        let damaged = KeyPolicy(text: #"{"Statement":7}"#, principalIDs: [:])
        for _ in 0..<2 {
            #expect(throws: KMSError.self) { try policies.entry(for: damaged) }
        }
    }
}
