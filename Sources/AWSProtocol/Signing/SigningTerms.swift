/// What the signatures of a client's requests have in common: who signs, for what, and which headers.
///
/// Nothing of it has been proved. A class, because the requests of a connection share one.
final class SigningTerms: Sendable {
    let accessKeyID: String
    let scope: CredentialScope
    /// The names of the signed headers, joined by semicolons, as sent.
    let signedHeaders: [UInt8]
    /// Whether a header is named more than once among them.
    let hasDuplicates: Bool
    let signsHost: Bool
    /// Those headers that services other than S3 demand signed and that are not.
    let unsigned: [String]
    /// The scope as it is signed.
    let scopeText: [UInt8]
    let isS3: Bool

    init(_ credential: CredentialText, signedHeaders: [UInt8]) {
        accessKeyID = credential.accessKeyID
        scope = credential.scope
        self.signedHeaders = signedHeaders
        hasDuplicates = SignedHeaderNames.hasDuplicates(signedHeaders)
        signsHost =
            SignedHeaderNames.contains("host", in: signedHeaders)
            || SignedHeaderNames.contains(":authority", in: signedHeaders)
        unsigned = ["x-amz-target", "x-amz-date", "x-amz-security-token"].filter {
            !SignedHeaderNames.contains($0, in: signedHeaders)
        }
        scopeText = Array(credential.scope.text.utf8)
        isS3 = SigV4.isS3(credential.scope)
    }
}

/// The second in which a request says it was signed.
///
/// A class, because the requests of a connection within a second share one.
final class SigningMoment: Sendable {
    /// Since 1970.
    let seconds: Int64
    /// As it is signed, as in `20150830T123600Z`.
    let text: [UInt8]

    init(seconds: Int64) {
        self.seconds = seconds
        var text: [UInt8] = []
        text.reserveCapacity(16)
        Timestamp.appendBasic(seconds: seconds, to: &text)
        self.text = text
    }
}

/// The terms and the moment of the last request of a connection.
///
/// A client repeats its `Authorization` header up to the signature for a day; what is byte for byte the same is not
/// read again. It belongs to one connection and its thread.
package final class SigningMemory {
    /// The header up to its signature.
    private var text: [UInt8] = []
    private var terms: SigningTerms?
    /// On the day of the terms.
    private var moment: SigningMoment?

    package init() {}

    /// The terms and the signature of a header that begins as the last one did and goes on with 64 hexadecimal digits
    /// alone; nil for any other.
    func recall(_ header: UnsafeBufferPointer<UInt8>) -> (terms: SigningTerms, signature: [UInt8])? {
        guard let terms, header.count == text.count + Self.digits else { return nil }
        let isSame = text.withUnsafeBufferPointer {
            UnsafeBufferPointer(rebasing: header[..<$0.count]).hasSameBytes(as: $0)
        }
        guard isSame, let signature = Hex.decode(UnsafeBufferPointer(rebasing: header[text.count...])) else {
            return nil
        }
        return (terms, signature)
    }

    /// The moment of the last request whose terms were recalled or kept, if a date is its text.
    func recall(moment date: UnsafeBufferPointer<UInt8>) -> SigningMoment? {
        guard let moment, moment.text.withUnsafeBufferPointer(date.hasSameBytes) else { return nil }
        return moment
    }

    /// Keeps a moment on the day of the terms that were recalled.
    func keep(_ moment: SigningMoment) {
        if moment !== self.moment { self.moment = moment }
    }

    /// Keeps the terms of a header and its moment, unless something follows its signature.
    func keep(
        _ terms: SigningTerms,
        _ moment: SigningMoment,
        of header: UnsafeBufferPointer<UInt8>,
        digits: UnsafeBufferPointer<UInt8>
    ) {
        guard let start = header.baseAddress, let end = digits.baseAddress, digits.count == Self.digits,
            end + digits.count == start + header.count, header.count <= Self.bytesMax
        else { return }
        text = Array(header[..<(header.count - digits.count)])
        self.terms = terms
        self.moment = moment
    }

    private static let digits = 64
    /// Longer headers are read anew each time; one of a dozen signed headers has 400 bytes.
    private static let bytesMax = 2_048
}
