@testable import AWSProtocol

/// Base64, hexadecimal and percent encodings, and forms: what is read means what was written, and nothing else
/// means the same.
enum EncodingsTarget {
    static let target = FuzzTarget(name: "encodings", bytesMax: 1_024, run: run) {
        FuzzTarget.seeds([
            ("base64", "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQhIT8="), ("base64-plus", "+/+/AAAA///9QUI="),
            ("hex", "00ff7f80DEADbeef"), ("percent", "%41%7e%2F%zz%4"), ("plain", "A-Za-z0-9-._~/"),
            ("form", "Action=AssumeRole&Version=2011-06-15&Name=a%20b+c&Empty=&Flag"),
            (
                "request",
                "S=a&I=7&B=True&T=2026-11-18T11:06:40.5Z&L.member.1=a&L.member.2=b&M.entry.1.key=k"
                    + "&M.entry.1.value=v&X.member.2.S=s&X.member.2.L.member.1=-5&X.1.S="
            ),
            ("nested", "X.1.S=a&X.1.L.1=2&L=&M=&T=2026-11-18"), ("markup", "<a b=\"c\">&amp;\r\n\t\u{1f}"),
            ("query", "b=2&a=1&a=0&c&=x&%61=%2B+"), ("bytes", "\u{0}\u{1}\u{7f}é😀"),
        ])
    }

    static func run(_ input: [UInt8]) {
        base64(input)
        hexadecimal(input)
        percent(input)
        form(input)
        QueryForms.checkXML(input.repairedText)
    }

    private static func base64(_ input: [UInt8]) {
        let text = Base64.encode(input)
        promise(text.utf8.count == Base64.encodedCount(input.count), "base64 is not as long as was said")
        promise(Base64.decode(text) == input, "base64 does not come back")
        guard let bytes = Base64.decode(input) else { return }
        promise(Array(Base64.encode(bytes).utf8) == input, "two texts of base64 mean the same bytes")
        // Memory of exactly the length that was said, with nothing behind it that could be overwritten unseen.
        let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { exact.deallocate() }
        let count = input.withUnsafeBytes { Base64.decode($0, into: exact) }
        promise(count == bytes.count && exact.elementsEqual(bytes), "base64 decodes to two things")
    }

    private static func hexadecimal(_ input: [UInt8]) {
        promise(Hex.decode(Hex.encode(input)) == input, "hexadecimal text does not come back")
        guard let bytes = Hex.decode(input) else { return }
        promise(
            Hex.encode(bytes).utf8.elementsEqual(input.map(\.asciiLowercased)),
            "two texts of hexadecimal digits mean the same bytes"
        )
    }

    private static func percent(_ input: [UInt8]) {
        for keepsSlashes in [false, true] {
            var encoded: [UInt8] = []
            PercentEncoding.append(input, keepingSlashes: keepsSlashes, to: &encoded)
            promise(PercentEncoding.decode(encoded) == input, "a percent-encoded text does not come back")
            normalization(of: input, keepsSlashes, plusIsSpace: keepsSlashes)
        }
    }

    /// The normal form of a text is its own normal form, and stands for the same bytes.
    private static func normalization(of input: [UInt8], _ keepsSlashes: Bool, plusIsSpace: Bool) {
        func normalized(_ bytes: [UInt8]) -> [UInt8] {
            var target: [UInt8] = []
            bytes.withUnsafeBufferPointer {
                PercentEncoding.appendNormalized(
                    $0,
                    keepingSlashes: keepsSlashes,
                    plusIsSpace: plusIsSpace,
                    to: &target
                )
            }
            return target
        }
        let once = normalized(input)
        promise(normalized(once) == once, "normalizing twice changes more than normalizing once")
        guard let meant = PercentEncoding.decode(input, plusIsSpace: plusIsSpace) else { return }
        promise(PercentEncoding.decode(once) == meant, "a normalized text stands for other bytes")
    }

    private static func form(_ input: [UInt8]) {
        var target: [UInt8] = []
        CanonicalQuery.append(input.repairedText, to: &target)
        guard let form = accepted({ () throws(FormError) in try Form(parsing: input, pairsMax: 64) }) else {
            return
        }
        promise(form.count <= 64, "a form has more pairs than it may")
        QueryForms.check(form)
        let text = form.pairs.map {
            PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value)
        }.joined(separator: "&")
        let again = accepted { () throws(FormError) in try Form(parsing: text, pairsMax: 64) }
        promise(again?.count == form.count, "a form written again has other pairs")
        for (name, value) in form.pairs {
            promise(again?[name]?.utf8.elementsEqual(value.utf8) ?? false, "a form loses a value")
        }
    }
}
