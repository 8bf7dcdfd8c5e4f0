import Testing

@testable import Cryptography

@Suite("RandomSource")
struct RandomSourceTests {
    @Test func `never gives sixteen bytes twice, across refills and tasks`() async {
        let drawn = await withTaskGroup(of: [[UInt8]].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<2000).map { _ in RandomSource.bytes(16) } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(drawn.count == 16_000)
        #expect(Set(drawn).count == drawn.count)
    }

    @Test(arguments: [0, 1, 15, 255, 256, 257, 1023, 1024, 1025, 4096, 5000])
    func `fills every byte of any length`(count: Int) {
        // A byte that is never written stays zero; a random one is zero in all of 20 draws once in 2¹⁶⁰.
        var union = [UInt8](repeating: 0, count: count)
        for _ in 0..<20 {
            let bytes = RandomSource.bytes(count)
            #expect(bytes.count == count)
            for index in bytes.indices { union[index] |= bytes[index] }
        }
        #expect(union.allSatisfy { $0 != 0 })
    }

    @Test func `sets half of all bits`() {
        let bytes = (0..<1000).flatMap { _ in RandomSource.bytes(100) }
        let ones = bytes.reduce(0) { $0 + $1.nonzeroBitCount }
        // 800,000 bits: the standard deviation is 447; eight of them never happen.
        #expect(abs(ones - 400_000) < 8 * 447)
    }
}
