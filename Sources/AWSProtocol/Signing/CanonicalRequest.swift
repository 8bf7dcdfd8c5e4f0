/// The text of a request that a signature covers (SigV4, "create a canonical request").
enum CanonicalRequest {
    /// What the signing key signs (SigV4, "create a string to sign").
    ///
    /// `signedHeaders` are names in lower case, sorted and joined by semicolons; `payloadHash` is the last
    /// line of the canonical request; `scopeText` is that of the scope.
    static func stringToSign(
        _ request: SignedRequest,
        signedHeaders: [UInt8],
        payloadHash: [UInt8],
        moment: SigningMoment,
        scopeText: [UInt8],
        isS3: Bool
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(192)
        bytes.append(SigV4.algorithm)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: moment.text)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: scopeText)
        bytes.append(UInt8(ascii: "\n"))
        let canonical = self.bytes(
            of: request,
            isS3: isS3,
            signedHeaders: signedHeaders,
            payloadHash: payloadHash
        )
        Digest.appendHex(ofSHA256: canonical, to: &bytes)
        return bytes
    }

    /// The canonical form; S3 signs the path as it is sent, the others normalise it and encode it once more.
    static func bytes(
        of request: SignedRequest,
        isS3: Bool,
        signedHeaders: [UInt8],
        payloadHash: [UInt8]
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        // Most clients sign four or five headers.
        bytes.reserveCapacity(512)
        bytes.append(request.method)
        bytes.append(UInt8(ascii: "\n"))
        appendPath(request.rawPath, isS3: isS3, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        CanonicalQuery.append(request.rawQuery, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        SignedHeaderNames.forEach(in: signedHeaders) { name in
            bytes.append(contentsOf: name)
            bytes.append(UInt8(ascii: ":"))
            request.headers.appendCanonicalValues(of: name, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: signedHeaders)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: payloadHash)
        return bytes
    }

    private static func appendPath(_ rawPath: String, isS3: Bool, to bytes: inout [UInt8]) {
        if rawPath.isEmpty || rawPath == "/" {
            bytes.append(UInt8(ascii: "/"))
        } else if isS3 {
            rawPath.withUTF8Bytes {
                PercentEncoding.appendNormalized($0, keepingSlashes: true, plusIsSpace: false, to: &bytes)
            }
        } else {
            PercentEncoding.append(normalized(rawPath), keepingSlashes: true, to: &bytes)
        }
    }

    /// The path without empty, `.` and `..` segments (RFC 3986 section 5.2.4, slashes collapsed).
    private static func normalized(_ rawPath: String) -> [UInt8] {
        var segments: [Substring.UTF8View] = []
        for segment in Substring(rawPath).utf8.split(separator: UInt8(ascii: "/")) {
            if segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        var path: [UInt8] = []
        for segment in segments {
            path.append(UInt8(ascii: "/"))
            path.append(contentsOf: segment)
        }
        if segments.isEmpty || rawPath.utf8.last == UInt8(ascii: "/") {
            path.append(UInt8(ascii: "/"))
        }
        return path
    }
}

/// The list of signed headers: names joined by semicolons.
enum SignedHeaderNames {
    /// Gives each name to `body`, without copies.
    static func forEach(in names: [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        names.withUnsafeBufferPointer { names in
            var rest: UnsafeBufferPointer<UInt8>? = names
            while let list = rest {
                let (name, next) = list.divided(at: ";")
                if !name.isEmpty { body(name) }
                rest = next
            }
        }
    }

    static func contains(_ name: String, in names: [UInt8]) -> Bool {
        name.withUTF8Bytes { name in
            names.withUnsafeBufferPointer { names in
                var rest: UnsafeBufferPointer<UInt8>? = names
                while let list = rest {
                    let (first, next) = list.divided(at: ";")
                    if !first.isEmpty, first.hasSameBytes(as: name) { return true }
                    rest = next
                }
                return false
            }
        }
    }

    /// Whether a name occurs more than once: then one long value, named again and again, would make a canonical
    /// request of hundreds of megabytes out of a few kilobytes of headers.
    static func hasDuplicates(_ names: [UInt8]) -> Bool {
        var isAscending = true
        var last: UnsafeBufferPointer<UInt8>?
        forEach(in: names) { name in
            isAscending = isAscending && last?.precedes(name) ?? true
            last = name
        }
        // Clients sort the names, so that one look at each neighbour is nearly always all.
        guard !isAscending else { return false }
        var seen: Set<[UInt8]> = []
        var hasDuplicate = false
        forEach(in: names) { name in
            if !seen.insert(Array(name)).inserted { hasDuplicate = true }
        }
        return hasDuplicate
    }
}

/// The query in the form that is signed: every name and value encoded, sorted, without the signature itself.
enum CanonicalQuery {
    private struct Parameter {
        let name: Range<Int>
        let value: Range<Int>
    }

    static func append(_ rawQuery: String, to target: inout [UInt8]) {
        guard !rawQuery.isEmpty else { return }
        var encoded: [UInt8] = []
        let parameters = rawQuery.withUTF8Bytes { parse($0, into: &encoded) }
        let sorted = parameters.sorted { one, other in
            if !encoded[one.name].elementsEqual(encoded[other.name]) {
                return encoded[one.name].lexicographicallyPrecedes(encoded[other.name])
            }
            return encoded[one.value].lexicographicallyPrecedes(encoded[other.value])
        }
        var isFirst = true
        for parameter in sorted where !encoded[parameter.name].elementsEqual("X-Amz-Signature".utf8) {
            if !isFirst { target.append(UInt8(ascii: "&")) }
            isFirst = false
            target.append(contentsOf: encoded[parameter.name])
            target.append(UInt8(ascii: "="))
            target.append(contentsOf: encoded[parameter.value])
        }
    }

    private static func parse(
        _ query: UnsafeBufferPointer<UInt8>,
        into encoded: inout [UInt8]
    ) -> [Parameter] {
        encoded.reserveCapacity(query.count + query.count / 4)
        var parameters: [Parameter] = []
        for piece in query.split(separator: UInt8(ascii: "&")) {
            let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            let start = encoded.count
            appendEncoded(piece[..<equals], to: &encoded)
            let middle = encoded.count
            appendEncoded(piece[equals...].dropFirst(), to: &encoded)
            parameters.append(Parameter(name: start..<middle, value: middle..<encoded.count))
        }
        return parameters
    }

    private static func appendEncoded(
        _ piece: Slice<UnsafeBufferPointer<UInt8>>,
        to encoded: inout [UInt8]
    ) {
        PercentEncoding.appendNormalized(
            UnsafeBufferPointer(rebasing: piece),
            keepingSlashes: false,
            plusIsSpace: true,
            to: &encoded
        )
    }
}
