import Foundation
import Testing

@testable import Cryptography

@Suite("The pace of key generation")
struct GenerationPaceTests {
    @Test(arguments: [GenerationPace.caller, .background, .yielding(seconds: 0)])
    func `makes no difference to the key`(_ pace: GenerationPace) throws {
        let key = try AsymmetricKey.generate(.rsa2048, pace)
        #expect(key.spec == .rsa2048)
        #expect(key.isConsistent)
        let again = try AsymmetricKey.generate(.rsa2048, pace)
        #expect(key.publicKeyDER != again.publicKeyDER)
    }

    @Test(arguments: [KeySpec.nistP256, .edwards25519, .mlDSA65])
    func `matters to RSA alone`(_ spec: KeySpec) throws {
        #expect(try AsymmetricKey.generate(spec, .background).spec == spec)
    }

    @Test(arguments: [KeySpec.mlDSA44, .hmac256, .symmetricDefault])
    func `does not hide a refusal`(_ spec: KeySpec) {
        #expect(throws: CryptographyError.unsupported(.keySpec(spec))) {
            try AsymmetricKey.generate(spec, .background)
        }
    }

    @Test func `gives a key that is generated in time, once`() throws {
        let generation = IdleGeneration(.rsa2048)
        generation.start()
        let key = try #require(generation.key(withinSeconds: 120, evenStarved: true))
        #expect(key.isConsistent)
        #expect(generation.key(withinSeconds: 0) == nil)
    }

    @Test func `leaves the processor to every other thread`() async {
        let policy: Int32? = await withCheckedContinuation { caller in
            Thread {
                caller.resume(returning: IdlePolicy.enter() ? sched_getscheduler(0) : nil)
            }.start()
        }
        // SCHED_IDLE (sched.h).
        #expect(policy == 5 && IdlePolicy.number == 5)
    }

    @Test func `does not wait long for a thread that gets nothing of the processors`() {
        // Never started, it is a thread that has had none of them.
        let generation = IdleGeneration(.rsa2048)
        let start = ContinuousClock.now
        #expect(generation.key(withinSeconds: 300) == nil)
        #expect(ContinuousClock.now - start >= .milliseconds(500))
        #expect(ContinuousClock.now - start < .seconds(150))
    }

    @Test func `takes for starved what has less than a hundredth`() {
        #expect(IdlePolicy.isStarved(taken: 0, ofNanoseconds: 1000))
        #expect(IdlePolicy.isStarved(taken: 9, ofNanoseconds: 1000))
        #expect(!IdlePolicy.isStarved(taken: 10, ofNanoseconds: 1000))
        #expect(!IdlePolicy.isStarved(taken: 0, ofNanoseconds: 0))
    }

    @Test func `sees what a thread has had of the processors`() async {
        let clocks = ThreadClocks()
        #expect(clocks.nanoseconds == 0)
        await withCheckedContinuation { caller in
            Thread {
                clocks.addCallingThread()
                let before = clocks.nanoseconds
                // Ends only if the clock goes on.
                while clocks.nanoseconds < before + 2_000_000 {}
                caller.resume()
            }.start()
        }
    }

    @Test func `stops libcrypto when it is given up`() {
        let generation = IdleGeneration(.rsa4096)
        generation.giveUp()
        #expect(throws: CryptographyError.libraryFailure(.keyGeneration)) {
            try LibcryptoKey.generate(.rsa4096, watchedBy: generation)
        }
    }

    @Test func `keeps no key of a generation that was given up`() {
        let generation = IdleGeneration(.rsa2048)
        generation.start()
        generation.giveUp()
        #expect(generation.key(withinSeconds: 120, evenStarved: true) == nil)
    }
}
