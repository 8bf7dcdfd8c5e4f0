import Testing

@testable import Server

@Suite("Addresses called for others")
struct OutboundAddressTests {
    @Test(arguments: [
        "169.254.169.254", "169.254.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "100.100.100.200", "192.0.0.192", "::", "fe80::1", "febf::1", "ff02::1", "fd00:ec2::254",
        "fd00:ec2::23", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::169.254.169.254",
        "::169.254.1.1",
    ])
    func `are never the metadata services' and their like`(_ text: String) throws {
        #expect(try #require(OutboundAddress(text)).isForbidden)
    }

    @Test(arguments: [
        "192.0.2.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "8.8.8.8", "2001:db8::1",
        "fd00::1",
        "fec0::1",
    ])
    func `may be public or private`(_ text: String) throws {
        let address = try #require(OutboundAddress(text))
        #expect(!address.isForbidden)
        #expect(!address.isLoopback)
    }

    @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
    func `are known to be loopback`(_ text: String) throws {
        #expect(try #require(OutboundAddress(text)).isLoopback)
    }

    @Test(arguments: [
        "", "localhost", "1", "0x7f.1", "127.1", "2130706433", "1.2.3", "1.2.3.4.5", "[::1]", "::g",
    ])
    func `have one spelling`(_ text: String) {
        #expect(OutboundAddress(text) == nil)
    }

    @Test func `are found by name in bounded time`() async throws {
        let lookup = AddressLookup(secondsMax: 2)
        #expect(try #require(await lookup.addresses(of: "localhost")).contains { $0.isLoopback })
        #expect(try #require(await lookup.addresses(of: "nothing.invalid")).isEmpty)
    }
}
