import Testing

@testable import CloudTrail

@Suite("Where notifications may go")
struct EndpointRulesTests {
    private let rules = EndpointRules(allowsLoopback: false, sendsMail: false)

    @Test(arguments: [
        "169.254.169.254", "169.254.0.1", "0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.254", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255", "100.100.100.200", "168.63.129.16", "192.0.0.192",
        "::", "::1", "fe80::1", "febf::1", "ff02::1", "fd00:ec2::254", "fd20:ce::254",
        "::ffff:169.254.169.254",
        "::ffff:127.0.0.1", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "fe80::1%eth0",
        "", "localhost", "10.0.0", "1.2.3.4.5",
    ])
    func `not to`(_ address: String) {
        #expect(rules.refusal(ofAddress: address) != nil)
    }

    @Test(arguments: [
        "10.0.0.1", "192.168.1.1", "172.16.0.1", "8.8.8.8", "100.64.0.1", "2001:db8::1", "fd12:3456::1",
        "::ffff:10.0.0.1",
    ])
    func `also to`(_ address: String) {
        #expect(rules.refusal(ofAddress: address) == nil)
    }

    @Test func `to the machine itself only by configuration`() {
        let open = EndpointRules(allowsLoopback: true, sendsMail: false)
        for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            #expect(open.refusal(ofAddress: address) == nil)
        }
        #expect(open.refusal(ofAddress: "169.254.169.254") != nil)
    }

    @Test(arguments: [
        "", "http://", "ftp://a/", "http://a b/", "http://a/#x", "http://user@a/", "http://u:p@a/", "//a/",
        "http://a:0/", "http://a:65536/", "http://é/", "http:///x", "javascript:alert(1)",
        "http://a\r\nX: y/",
        "http://local%68ost/", "http://a\\@b/", "http://[::1%25eth0]/", "http://[a/", "http://a%00b/",
    ])
    func `not to what is no URL`(_ text: String) {
        #expect(EndpointURL(text) == nil)
    }

    @Test func `to hosts and ports as they are written`() throws {
        let plain = try #require(EndpointURL("http://hooks.example.com/a?b=c"))
        #expect(
            (plain.host, plain.port, plain.isSecure, plain.isNumeric) == (
                "hooks.example.com", 80, false, false
            )
        )
        let mixed = try #require(EndpointURL("HTTP://Hooks.Example.COM?x=%20"))
        #expect(mixed.canonicalText == "http://hooks.example.com:80/?x=%20")
        let six = try #require(EndpointURL("https://[2001:db8::1]:8443/"))
        #expect((six.host, six.port, six.isSecure, six.isNumeric) == ("2001:db8::1", 8443, true, true))
    }

    @Test(arguments: ["", "a", "@b", "a@", "a@b@c", "a b@c", "<a@b>", "a@b\r\nX", "a@b,c@d"])
    func `not to what is no address of mail`(_ text: String) {
        #expect(!EmailAddress.isValid(text))
    }
}
