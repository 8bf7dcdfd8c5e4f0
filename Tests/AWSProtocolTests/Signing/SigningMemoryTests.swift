import Foundation
import Testing

@testable import AWSProtocol

@Suite("A connection's memory of signatures")
struct SigningMemoryTests {
    private static let scope = "AKIDEXAMPLE/20150830/us-east-1/kms/aws4_request"

    private static func request(_ authorization: String, date: String? = "20150830T123600Z") -> SignedRequest
    {
        var headers: [(name: String, value: String)] = [("Host", "h"), ("Authorization", authorization)]
        if let date { headers.append(("X-Amz-Date", date)) }
        return SignedRequest("POST", "/", headers: headers)
    }

    private static func header(_ signature: String, scope: String = scope, names: String = "host;x-amz-date")
        -> String
    {
        "AWS4-HMAC-SHA256 Credential=\(scope), SignedHeaders=\(names), Signature=\(signature)"
    }

    /// What reading a request comes to, in words that two readings can be compared by.
    private static func outcome(_ request: SignedRequest, _ memory: SigningMemory?) -> String {
        do throws(SigV4Failure) {
            let claim = try SigV4.parse(request, recalling: memory)
            return "\(claim) \(claim.signedHeaderNames) \(claim.timestamp) \(claim.signatureText)"
        } catch {
            return "\(error)"
        }
    }

    private static func digits(_ digit: Character) -> String { String(repeating: digit, count: 64) }

    @Test func `recalls what a client repeats, and reads the signature anew`() throws {
        let memory = SigningMemory()
        let first = try SigV4.parse(Self.request(Self.header(Self.digits("0"))), recalling: memory)
        let second = try SigV4.parse(Self.request(Self.header(Self.digits("a"))), recalling: memory)
        #expect(second.repeats(first))
        #expect(second.accessKeyID == "AKIDEXAMPLE")
        #expect(second.signatureText == Self.digits("a"))
        let unkept = try SigV4.parse(Self.request(Self.header(Self.digits("a"))))
        #expect(!unkept.repeats(first))
    }

    @Test(arguments: [
        header(digits("0"), scope: "AKIDEXAMPLF/20150830/us-east-1/kms/aws4_request"),
        header(digits("0"), scope: "AKIDEXAMPLE/20150830/us-west-1/kms/aws4_request"),
        header(digits("0"), names: "date;x-amz-date"), header(digits("x")), header(digits("0") + "0"),
        header(digits("0").dropLast() + ","), header(digits("0").dropLast() + " "),
        header(digits("0") + ", Signature=\(digits("0"))"), header(digits("0") + ", Nonsense=1"),
        "AWS4-HMAC-SHA256 Signature=\(digits("0")), Credential=\(scope), SignedHeaders=host;x-amz-date",
    ])
    func `reads anew what differs`(_ authorization: String) throws {
        let memory = SigningMemory()
        let first = try SigV4.parse(Self.request(Self.header(Self.digits("0"))), recalling: memory)
        let request = Self.request(authorization)
        #expect(Self.outcome(request, memory) == Self.outcome(request, nil))
        if let claim = try? SigV4.parse(request, recalling: memory) { #expect(!claim.repeats(first)) }
        // What was read in between spoils nothing.
        let last = Self.request(Self.header(Self.digits("b")))
        #expect(Self.outcome(last, memory) == Self.outcome(last, nil))
    }

    @Test(arguments: [nil, "", "20150831T123600Z", "yesterday"])
    func `holds every date against the scope`(_ date: String?) throws {
        let memory = SigningMemory()
        _ = try SigV4.parse(Self.request(Self.header(Self.digits("0"))), recalling: memory)
        let request = Self.request(Self.header(Self.digits("0")), date: date)
        #expect(throws: SigV4Failure.self) { try SigV4.parse(request, recalling: memory) }
        #expect(Self.outcome(request, memory) == Self.outcome(request, nil))
    }

    @Test(arguments: [
        "20150830T123600Z", "20150830T123601Z", "20150830T123600z", "20150830T12360Z", "20150830T123660Z",
        "20150829T235959Z", "20150831T000000Z", "Sun, 30 Aug 2015 12:36:00 GMT", "x0150830T123600Z",
    ])
    func `takes a date for the last one only where it is the same`(_ date: String) throws {
        let memory = SigningMemory()
        _ = try SigV4.parse(Self.request(Self.header(Self.digits("0"))), recalling: memory)
        for date in [date, "20150830T123600Z", date, date] {
            let request = Self.request(Self.header(Self.digits("1")), date: date)
            #expect(Self.outcome(request, memory) == Self.outcome(request, nil))
        }
        // The same second of another day's scope is no moment of that day.
        let foreign = Self.request(
            Self.header(Self.digits("1"), scope: "AKIDEXAMPLE/20150831/us-east-1/kms/aws4_request")
        )
        #expect(throws: SigV4Failure.self) { try SigV4.parse(foreign, recalling: memory) }
        #expect(Self.outcome(foreign, memory) == Self.outcome(foreign, nil))
    }

    @Test func `makes no difference to garbage`() {
        var random = SeededGenerator(seed: 20_261_121)
        let memory = SigningMemory()
        let plain = Array(Self.header(Self.digits("7")).utf8)
        for round in 0..<5_000 {
            var garbage = plain
            for _ in 0..<Int(random.next() % 3) {
                let place = Int(random.next() % UInt64(garbage.count))
                switch random.next() % 3 {
                case 0: garbage[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: garbage.remove(at: place)
                default: garbage.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                }
            }
            let request = Self.request(String(decoding: garbage, as: UTF8.self))
            #expect(Self.outcome(request, memory) == Self.outcome(request, nil), "round \(round)")
        }
    }
}
