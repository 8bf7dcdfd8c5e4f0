import Testing

@testable import Cryptography

@Suite("Keys used from many threads")
struct ConcurrencyTests {
    @Test(arguments: SigningCase.all)
    func `give valid signatures all the while`(_ sample: SigningCase) async throws {
        let (type, message) = sample.message
        let key = try SampleKeys.key(sample.spec)
        let valid = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var valid = 0
                    for _ in 0..<5 {
                        let signature = try key.sign(message, type: type, algorithm: sample.algorithm)
                        let isValid = try key.verify(
                            signature: signature,
                            of: message,
                            type: type,
                            algorithm: sample.algorithm
                        )
                        valid += isValid ? 1 : 0
                    }
                    return valid
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(valid == 20)
    }
}
