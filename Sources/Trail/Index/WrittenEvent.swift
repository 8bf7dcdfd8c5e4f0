import Glibc

/// Reads an event of the very form that ``AuditEvent`` gives it, in a fraction of the time that a walk takes.
///
/// It is read forwards up to its Region and backwards from its end up to its id; what stands between is not looked
/// at. A quote within a text has a backslash before it, so no text is taken for members. An event of any other form,
/// as of an act of the platform or across accounts, is not read here: ``EventSummary/init(_:)`` reads all.
struct WrittenEvent {
    typealias Text = UnsafeRawBufferPointer

    /// All but what the identity says.
    private(set) var summary = EventSummary()
    private(set) var identity: Text
    private let json: Text
    /// The first byte that is not read yet from the front, and the one behind the last from the back.
    private var front = 0
    private var back: Int

    /// Reads an event; nil when it has another form.
    ///
    /// `likely` is an identity that it is likely to have.
    init?(_ json: Text, by likely: Text) {
        self.json = json
        identity = Text(start: nil, count: 0)
        back = json.count
        guard readFront(likely), readBack(), front <= back else { return nil }
    }

    private mutating func readFront(_ likely: Text) -> Bool {
        guard skip(#"{"eventVersion":"1.11","userIdentity":"#), readIdentity(likely),
            skip(#","eventTime":""#), let time = text(),
            skip(#"","eventSource":""#), let source = text(),
            skip(#"","eventName":""#), let name = text(),
            skip(#"","awsRegion":""#), let region = text(), skip(#"","#)
        else { return false }
        summary.time = time
        summary.source = source
        summary.name = name
        summary.region = region
        return true
    }

    private mutating func readIdentity(_ likely: Text) -> Bool {
        let start = front
        if !likely.isEmpty, json.count - start > likely.count, let base = json.baseAddress,
            let other = likely.baseAddress, memcmp(base + start, other, likely.count) == 0
        {
            front += likely.count
        } else if let end = EventMembers.valueEnd(json, from: start) {
            front = end
        } else {
            return false
        }
        identity = Text(rebasing: json[start..<front])
        return true
    }

    private mutating func readBack() -> Bool {
        if endsWith(#""}}"#) {
            guard skipBack(#""}}"#), textBack() != nil,
                skipBack(#"","clientProvidedHostHeader":""#), textBack() != nil,
                skipBack(#"","cipherSuite":""#), textBack() != nil,
                skipBack(#","tlsDetails":{"tlsVersion":""#)
            else { return false }
        } else {
            guard skipBack("}") else { return false }
        }
        guard skipBack(#"","eventCategory":"Management""#), let account = textBack(),
            skipBack(#","eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":""#),
            readResourcesBack()
        else { return false }
        summary.account = account
        summary.isReadOnly = skipBack(#"","readOnly":true"#)
        guard summary.isReadOnly || skipBack(#"","readOnly":false"#), let id = textBack(),
            skipBack(#"","eventID":""#)
        else { return false }
        summary.eventID = id
        return true
    }

    private mutating func readResourcesBack() -> Bool {
        guard skipBack(#""}]"#) else { return true }
        while true {
            guard let name = textBack(), skipBack(#"","ARN":""#), let type = textBack(),
                skipBack(#"","type":""#), textBack() != nil
            else { return false }
            summary.resources.append(EventSummary.Resource(type: type, name: name))
            if skipBack(#","resources":[{"accountId":""#) { break }
            guard skipBack(#""},{"accountId":""#) else { return false }
        }
        summary.resources.reverse()
        return true
    }

    // MARK: Steps

    private mutating func skip(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard json.count - front >= count, let base = json.baseAddress,
            memcmp(base + front, literal.utf8Start, count) == 0
        else { return false }
        front += count
        return true
    }

    private func endsWith(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard back >= count, let base = json.baseAddress else { return false }
        return memcmp(base + back - count, literal.utf8Start, count) == 0
    }

    private mutating func skipBack(_ literal: StaticString) -> Bool {
        guard endsWith(literal) else { return false }
        back -= literal.utf8CodeUnitCount
        return true
    }

    /// What stands before the next quote that ends a text.
    private mutating func text() -> Text? {
        guard let end = EventMembers.closingQuote(json, from: front) else { return nil }
        defer { front = end }
        return Text(rebasing: json[front..<end])
    }

    /// What stands behind the quote before; one within a text is found out by what should precede a text.
    private mutating func textBack() -> Text? {
        guard let start = quote(before: back) else { return nil }
        defer { back = start + 1 }
        return Text(rebasing: json[(start + 1)..<back])
    }

    /// The last quote before `end`, found eight bytes at a time: in `word` the bytes that are zero are quotes, and
    /// in `found` their high bits are set and no others.
    private func quote(before end: Int) -> Int? {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        var index = end
        while index >= 8 {
            let bytes = json.loadUnaligned(fromByteOffset: index - 8, as: UInt64.self)
            let word = UInt64(littleEndian: bytes) ^ 0x2222_2222_2222_2222
            let found = ~((word & low) &+ low | word | low)
            if found != 0 { return index - 1 - found.leadingZeroBitCount / 8 }
            index -= 8
        }
        while index > 0 {
            index -= 1
            if json[index] == 0x22 { return index }
        }
        return nil
    }
}
