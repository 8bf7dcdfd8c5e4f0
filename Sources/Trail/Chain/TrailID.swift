/// The name a trail was given when its directory was made, so that files of two trails are not mixed.
package struct TrailID: Hashable, Sendable, CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package let description: String

    package static func random() -> TrailID {
        var generator = SystemRandomNumberGenerator()
        let halves = (generator.next(), generator.next())
        return withUnsafeBytes(of: halves) {
            TrailID(unchecked: String(decoding: LowercaseHex.encode($0), as: UTF8.self))
        }
    }

    private init(unchecked text: String) {
        description = text
    }

    package init?(_ text: String) {
        let digits = text.utf8
        guard digits.count == 32, digits.allSatisfy({ (0x30...0x39) ~= $0 || (0x61...0x66) ~= $0 }) else {
            return nil
        }
        description = text
    }
}
