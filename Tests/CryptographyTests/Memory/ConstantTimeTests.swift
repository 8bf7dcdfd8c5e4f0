import Testing

@testable import Cryptography

@Suite("ConstantTime")
struct ConstantTimeTests {
    @Test func `tells equal from unequal bytes at every place`() {
        let bytes = RandomSource.bytes(32)
        #expect(ConstantTime.areEqual(bytes, bytes))
        for bit in 0..<256 { #expect(!ConstantTime.areEqual(bytes, bytes.flippingBit(bit))) }
    }

    @Test func `tells different lengths apart`() {
        #expect(ConstantTime.areEqual([UInt8](), []))
        #expect(!ConstantTime.areEqual([0], []))
        #expect(!ConstantTime.areEqual([1, 2], [1, 2, 0]))
    }

    @Test func `compares strings by their bytes, not their characters`() {
        #expect(ConstantTime.areEqual("caf\u{E9}", "caf\u{E9}"))
        #expect(!ConstantTime.areEqual("caf\u{E9}", "cafe\u{301}"))
    }
}
