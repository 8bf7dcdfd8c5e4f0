import AWSProtocol

/// The tags of a session, and which of them sessions made from it inherit.
///
/// Source: IAM User Guide, "Pass session tags in AWS STS".
package struct SessionTags: Hashable, Sendable {
    package private(set) var values: [String: String] = [:]
    package private(set) var transitiveKeys: [String] = []

    /// Tags a session can have (STS API Reference, `tagListType`).
    package static let countMax = 50

    package init() {}

    /// Takes the tags of a request.
    ///
    /// - Throws: `.duplicateTags` for keys that differ at most in case; `.unknownTransitiveTag` for a transitive
    ///   key without a tag.
    package init(_ tags: [(key: String, value: String)], transitiveKeys: [String]) throws(SessionTagFault) {
        guard Set(tags.map { $0.key.lowercased() }).count == tags.count else { throw .duplicateTags }
        guard !tags.contains(where: { $0.key.lowercased().hasPrefix("aws:") }) else { throw .reservedTag }
        values = Dictionary(tags.map { ($0.key, $0.value) }) { first, _ in first }
        for key in transitiveKeys {
            guard let name = name(of: key) else { throw .unknownTransitiveTag }
            if !self.transitiveKeys.contains(name) { self.transitiveKeys.append(name) }
        }
    }

    /// The same tags with those that an earlier session in the chain passes on.
    ///
    /// - Throws: `.inheritedTag` when one of them is set anew.
    package func inheriting(_ earlier: SessionTags) throws(SessionTagFault) -> SessionTags {
        var tags = self
        for key in earlier.transitiveKeys {
            guard name(of: key) == nil else { throw .inheritedTag }
            tags.values[key] = earlier.values[key]
            tags.transitiveKeys.append(key)
        }
        return tags
    }

    package var isEmpty: Bool { values.isEmpty }

    /// A tag's key as it is written, found in whatever case.
    private func name(of key: String) -> String? {
        if values[key] != nil { return key }
        let folded = key.lowercased()
        return values.keys.first { $0.lowercased() == folded }
    }
}

/// What is wrong with the tags of a session.
package enum SessionTagFault: Error, Hashable, Sendable {
    case duplicateTags
    case reservedTag
    case unknownTransitiveTag
    /// A tag that an earlier session passes on cannot be set anew.
    case inheritedTag
}

extension SessionTags: Codable {
    private enum CodingKeys: String, CodingKey {
        case values = "v"
        case transitiveKeys = "t"
    }
}

// MARK: Claims

extension SessionTags {
    private static let claim = "https://aws.amazon.com/tags"
    private static let keyCharacters = 1...128
    private static let valueCharacters = 0...256

    /// Takes the tags that an identity provider states in its token, nested or flattened.
    ///
    /// Source: IAM User Guide, "Pass session tags using AssumeRoleWithWebIdentity".
    init(claims: JSON) throws(WebIdentityError) {
        var tags: [(key: String, value: String)] = []
        var transitive: [String] = []
        if let claim = claims[Self.claim] {
            guard case .object = claim else { throw .claim(.malformed(Self.claim)) }
            tags = try Self.principalTags(claim["principal_tags"])
            transitive = try Self.texts(claim["transitive_tag_keys"])
        }
        guard case .object(let members) = claims else { throw .malformedToken }
        let flat = "\(Self.claim)/principal_tags/"
        for (name, value) in members.members where name.text.hasPrefix(flat) {
            tags.append((String(name.text.dropFirst(flat.count)), try Self.value(value)))
        }
        transitive += try Self.texts(claims["\(Self.claim)/transitive_tag_keys"])
        let isFitting = tags.allSatisfy {
            Self.keyCharacters.contains($0.key.unicodeScalars.count)
                && Self.valueCharacters.contains($0.value.unicodeScalars.count)
        }
        guard isFitting, tags.count <= Self.countMax else { throw .claim(.malformed(Self.claim)) }
        do throws(SessionTagFault) {
            self = try SessionTags(tags, transitiveKeys: transitive)
        } catch {
            throw .claim(.malformed(Self.claim))
        }
    }

    private static func principalTags(
        _ json: JSON?
    ) throws(WebIdentityError) -> [(key: String, value: String)] {
        guard let json else { return [] }
        guard case .object(let object) = json else { throw .claim(.malformed(claim)) }
        var tags: [(key: String, value: String)] = []
        for (key, json) in object.members { tags.append((key.text, try value(json))) }
        return tags
    }

    /// A tag's value: a text, or a list of one text.
    private static func value(_ json: JSON) throws(WebIdentityError) -> String {
        if let text = json.text { return text }
        guard let elements = json.elements, elements.count == 1, let text = elements[0].text else {
            throw .claim(.malformed(claim))
        }
        return text
    }

    private static func texts(_ json: JSON?) throws(WebIdentityError) -> [String] {
        guard let json else { return [] }
        guard let elements = json.elements, elements.count <= countMax else {
            throw .claim(.malformed(claim))
        }
        let texts = elements.compactMap(\.text)
        guard texts.count == elements.count else { throw .claim(.malformed(claim)) }
        return texts
    }
}
