/// The pairs of text that a caller binds to a ciphertext and must name again to open it.
///
/// Kept in the order of the keys' UTF-8 bytes. Keys and values are compared byte by byte: two spellings of
/// one character are two keys, unlike in a Swift dictionary, where they would fall together.
package struct EncryptionContext: Sendable {
    package struct Pair: Sendable {
        package let key: String
        package let value: String
    }

    /// Ascending by the keys' bytes, each key once.
    package let pairs: [Pair]

    package static let empty = EncryptionContext(sorted: [])

    /// Sorts the pairs; of two pairs with the same key the later one counts, as in a JSON object.
    package init(_ pairs: some Sequence<(key: String, value: String)>) {
        var sorted: [Pair] = []
        for (key, value) in pairs {
            let index = sorted.partitioningIndex { !UTF8Order.precedes($0.key, key) }
            if index < sorted.count, UTF8Order.areEqual(sorted[index].key, key) {
                sorted[index] = Pair(key: key, value: value)
            } else {
                sorted.insert(Pair(key: key, value: value), at: index)
            }
        }
        self.pairs = sorted
    }

    private init(sorted pairs: [Pair]) { self.pairs = pairs }

    package var isEmpty: Bool { pairs.isEmpty }
    package var count: Int { pairs.count }

    /// The value of a key whose bytes are the given ones.
    package subscript(key: String) -> String? {
        let index = pairs.partitioningIndex { !UTF8Order.precedes($0.key, key) }
        guard index < pairs.count, UTF8Order.areEqual(pairs[index].key, key) else { return nil }
        return pairs[index].value
    }

    /// Whether every pair of the other context is here too, as a grant's subset constraint asks.
    package func contains(_ other: EncryptionContext) -> Bool {
        other.pairs.allSatisfy { pair in
            guard let value = self[pair.key] else { return false }
            return UTF8Order.areEqual(value, pair.value)
        }
    }
}

// MARK: Canonical bytes

extension EncryptionContext {
    /// How many bytes ``canonicalBytes`` has; the caller refuses more than its limit.
    package var byteCount: Int {
        pairs.reduce(0) { $0 + 2 * LengthPrefixed.lengthBytes + $1.key.utf8.count + $1.value.utf8.count }
    }

    /// Each key and value in order, each behind its 4-byte big-endian length; no bytes for an empty context.
    ///
    /// Lengths make the form unique: `{"a": "bc"}` and `{"ab": "c"}` differ, which plain concatenation loses.
    package var canonicalBytes: [UInt8] {
        guard !isEmpty else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for pair in pairs {
            LengthPrefixed.append(pair.key, to: &bytes)
            LengthPrefixed.append(pair.value, to: &bytes)
        }
        return bytes
    }
}

extension EncryptionContext.Pair: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        UTF8Order.areEqual(left.key, right.key) && UTF8Order.areEqual(left.value, right.value)
    }

    package func hash(into hasher: inout Hasher) {
        UTF8Order.hash(key, into: &hasher)
        UTF8Order.hash(value, into: &hasher)
    }
}

extension EncryptionContext: Hashable, ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { (key: $0.0, value: $0.1) })
    }
}

// MARK: Stored form

/// Stored as one flat list of keys and values, because a JSON object read back through a Swift dictionary
/// would merge keys that differ in bytes only.
extension EncryptionContext: Codable {
    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        var pairs: [(key: String, value: String)] = []
        while !list.isAtEnd {
            let key = try list.decode(String.self)
            pairs.append((key: key, value: try list.decode(String.self)))
        }
        self.init(pairs)
    }

    package func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        for pair in pairs {
            try list.encode(pair.key)
            try list.encode(pair.value)
        }
    }
}
