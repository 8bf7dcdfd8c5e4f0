/// The key derivation of NIST SP 800-108r1 section 4.1: counter mode, HMAC-SHA-256, a 32-bit counter in
/// front.
enum CounterKDF {
    /// Fills `output` with `HMAC(key, 1 ‖ input) ‖ HMAC(key, 2 ‖ input) ‖ …`; `input` names purpose and
    /// length.
    static func derive(
        key: DerivationKey,
        input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        var offset = 0
        var counter: UInt32 = 1
        while offset < output.count {
            let end = min(offset + DerivationKey.blockBytes, output.count)
            let target = UnsafeMutableRawBufferPointer(rebasing: output[offset..<end])
            let written = withUnsafeBytes(of: counter.bigEndian) {
                key.writeCode(of: $0, input, into: target)
            }
            guard written else { throw .libraryFailure(.keyDerivation) }
            offset = end
            counter += 1
        }
    }
}
