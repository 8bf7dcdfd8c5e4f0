import Glibc

/// One piece of code that takes bytes from outside, and what must hold whatever the bytes are.
package struct FuzzTarget: Sendable {
    /// The name on the command line and of the folder of seeds.
    package let name: String
    /// The longest input that is tried, in bytes.
    package let bytesMax: Int
    /// Takes one input; ends the process when a promise is broken.
    package let run: @Sendable ([UInt8]) -> Void
    /// Makes what takes longer than an input may; called once before the first.
    package var prepare: @Sendable () -> Void = {}
    /// Inputs to begin with, made by our own encoders.
    package let seeds: @Sendable () -> [Seed]

    /// An input to begin with.
    package typealias Seed = (name: String, bytes: [UInt8])

    /// All targets, in the order in which they are run.
    package static let all: [FuzzTarget] = [
        JSONTarget.target, EncodingsTarget.target, NamesTarget.target, SignatureTarget.target,
        PolicyTarget.target, WildcardsTarget.target, CiphertextTarget.target, KeyringTarget.target,
        DERTarget.target, TrailTarget.target, BackupTarget.target, HTTPTarget.target, TokenTarget.target,
        SessionTarget.target, PatternTarget.target, EndpointTarget.target, GatewayTarget.target,
        QueryTarget.target, DoorTarget.target, KESCiphertextTarget.target, KESConfigurationTarget.target,
        KESNamesTarget.target, KESHTTPTarget.target, KESHTTP2Target.target,
    ]

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

extension FuzzTarget {
    /// Seeds that are texts.
    static func seeds(_ texts: [(name: String, text: String)]) -> [Seed] {
        texts.map { ($0.name, Array($0.text.utf8)) }
    }
}

/// Ends the process with a sentence when a promise is broken, so that the fuzzer keeps the input.
func promise(_ holds: @autoclosure () -> Bool, _ sentence: @autoclosure () -> String) {
    if !holds() { broken(sentence()) }
}

/// Ends the process with a sentence.
func broken(_ sentence: String) -> Never {
    // A precondition's text is not printed by optimized code.
    let text = Array("promise broken: \(sentence)\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    abort()
}

/// The value of what cannot fail but by a fault of the target itself.
func certain<Value, Failure: Error>(_ make: () throws(Failure) -> Value) -> Value {
    do throws(Failure) { return try make() } catch { broken("a target's own preparation failed: \(error)") }
}

/// The value that a target's own constant must have.
func certain<Value>(_ value: Value?) -> Value {
    guard let value else { broken("a target's own constant is not what it should be") }
    return value
}

/// The value, or nil for an error, of which there is nothing more to ask than that it is one.
func accepted<Value, Failure: Error>(_ make: () throws(Failure) -> Value) -> Value? {
    do throws(Failure) { return try make() } catch { return nil }
}
