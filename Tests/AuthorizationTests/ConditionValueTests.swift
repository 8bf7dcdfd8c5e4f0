import Testing

@testable import Authorization

@Suite("DecimalNumber")
struct DecimalNumberTests {
    @Test(arguments: [
        ("1", "1.0"), ("0", "-0"), ("007", "7"), ("+3", "3"), ("1.50", "1.5"), ("-0.0", "0"),
    ])
    func `calls different spellings of a number equal`(left: String, right: String) throws {
        #expect(try #require(DecimalNumber(left)) == #require(DecimalNumber(right)))
    }

    @Test(arguments: [
        ("1", "2"), ("-2", "-1"), ("-1", "1"), ("9", "10"), ("1.05", "1.5"), ("1.5", "1.51"),
        ("-1.51", "-1.5"),
        ("9007199254740992", "9007199254740993"), ("-10", "-9"), ("0", "0.0001"), ("-0.1", "0"),
        ("99999999999999999999999998", "99999999999999999999999999"),
    ])
    func `orders numbers exactly`(smaller: String, larger: String) throws {
        let (left, right) = (try #require(DecimalNumber(smaller)), try #require(DecimalNumber(larger)))
        #expect(left < right)
        #expect(!(right < left))
        #expect(left != right)
    }

    @Test(arguments: ["", "-", "1.", ".5", "1e3", "0x10", "inf", "nan", " 1", "1 ", "1.2.3", "--1", "٣"])
    func `refuses everything else`(text: String) {
        #expect(DecimalNumber(text) == nil)
    }
}

@Suite("PolicyInstant")
struct PolicyInstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", "0"),
        ("2026-11-21T10:00:00Z", "1795255200"),
        ("2026-11-21", "1795219200"),
        ("2026-11", "1793491200"),
        ("2026", "1767225600"),
        ("2000-02-29T23:59Z", "951868740"),
        ("2026-11-21T10:00:00+01:00", "1795251600"),
        ("2026-11-21T10:00:00-01:30", "1795260600"),
        ("2026-11-21T10:00:00.5Z", "1795255200.5"),
        ("2016-12-31T23:59:60Z", "1483228800"),
    ])
    func `reads W3C date-times and epoch seconds alike`(text: String, epoch: String) throws {
        #expect(try #require(PolicyInstant(text)) == #require(PolicyInstant(epoch)))
    }

    @Test(arguments: [
        "", "2026-13", "2026-02-29", "2026-00-01", "2026-11-21T", "2026-11-21T10:00", "2026-11-21T24:00Z",
        "2026-11-21T10:60Z", "2026-11-21T10:00:61Z", "2026-11-21T10:00:00.Z", "2026-11-21 10:00:00Z",
        "2026-11-21T10:00:00z", "-5", "1e9", "1234567890123", "0000", "2026-1-1", "2026-11-21T10:00:00+1:00",
        "2026-11-21Tjunk", "1.2.3", ".5", "5.",
    ])
    func `refuses everything else`(text: String) {
        #expect(PolicyInstant(text) == nil)
    }

    @Test func `writes the time that it reads`() throws {
        for seed in UInt64(0)..<2_000 {
            var random = SeededGenerator(seed: seed)
            let seconds = Int64(random.next() % 253_402_300_800)
            let text = PolicyInstant.text(epochSeconds: seconds)
            // Four digits alone are a year, so the fraction marks the number as seconds.
            #expect(PolicyInstant(text) == PolicyInstant("\(seconds).0"), "seed \(seed): \(text)")
            #expect(text.utf8.count == 20, "seed \(seed): \(text)")
        }
        #expect(PolicyInstant.text(epochSeconds: -1) == "1969-12-31T23:59:59Z")
    }
}

@Suite("AddressBlock")
struct AddressBlockTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.1.2.3/8", "10.9.9.9", true), ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "10.0.0.1", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
        ("::1", "0:0:0:0:0:0:0:1", true), ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("::ffff:10.0.0.0/104", "10.1.1.1", true), ("2001:DB8::A", "2001:db8::a", true),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", true), ("10.0.0.0/8", "10.0.0.0/16", true),
        ("10.0.0.0/16", "10.0.0.0/8", false), ("10.0.0.0/31", "10.0.0.1", true),
    ])
    func `contains the addresses of its prefix`(block: String, address: String, expected: Bool) throws {
        #expect(try #require(AddressBlock(block)).contains(#require(AddressBlock(address))) == expected)
    }

    @Test(arguments: [
        "", "10", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "::/129", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::",
        "g::",
        "fe80::1%eth0", "10.0.0.1.", ":1", "1:", "1.2.3.4::", "/8", " 10.0.0.1",
    ])
    func `refuses everything else`(text: String) {
        #expect(AddressBlock(text) == nil)
    }
}

@Suite("Base64Text")
struct Base64TextTests {
    @Test(
        arguments: [
            ("", []), ("Zg==", [0x66]), ("Zm8=", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]),
            ("+/+/", [0xFB, 0xFF, 0xBF]),
        ] as [(String, [UInt8])]
    )
    func `decodes RFC 4648`(text: String, bytes: [UInt8]) {
        #expect(Base64Text.decode(text) == bytes)
    }

    @Test(arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm-_", "=Zg="])
    func `refuses what is not canonical`(text: String) {
        #expect(Base64Text.decode(text) == nil)
    }
}
