import AWSProtocol
import Authorization
import Cryptography
import Operations

/// The shapes of EventBridge requests that more than one operation uses, as the service model has them.
extension Shape {
    static let ruleName = Shape.string(length: 1...64, pattern: .ruleName)
    static let eventBusName = Shape.string(
        length: 1...1600,
        pattern: .eventBusName(
            "(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus\\/)?[/\\.\\-_A-Za-z0-9]+",
            slashes: true
        )
    )
    static let eventListToken = Shape.string(length: 1...2048)
    static let eventListLimit = Shape.integer(1...100)
    static let eventARN = Shape.string(length: 1...1600)
    static let resourceTags = Shape.list(
        .structure([.required("Key", .string(length: 1...128)), .required("Value", .string(length: 0...256))])
    )
    static let resourceTagKeys = Shape.list(.string(length: 1...128))
}

extension Pattern {
    static let ruleName = Pattern.characters("[\\.\\-_A-Za-z0-9]+") {
        $0.isASCIIAlphanumeric || ".-_".unicodeScalars.contains($0)
    }

    /// A bus by its name or its ARN.
    static func eventBusName(_ text: String, slashes: Bool) -> Pattern {
        let others = slashes ? "./-_" : ".-_"
        return Pattern(text) { value in
            let parts = value.split(separator: ":", omittingEmptySubsequences: false)
            let name: Substring
            if parts.count == 6, parts[0] == "arn", parts[2] == "events", parts[5].hasPrefix("event-bus/") {
                name = parts[5].dropFirst("event-bus/".count)
            } else {
                guard parts.count == 1 else { return false }
                name = value[...]
            }
            return !name.isEmpty
                && name.unicodeScalars.allSatisfy {
                    $0.isASCIIAlphanumeric || others.unicodeScalars.contains($0)
                }
        }
    }
}

extension Call {
    /// The account of the caller.
    ///
    /// - Throws: `.validation` for callers of none, who never get as far as an operation of EventBridge.
    func eventAccount() throws(EventBridgeError) -> AccountID {
        guard let account = caller.account.flatMap(AccountID.init) else {
            throw .validation("The caller belongs to no account.")
        }
        return account
    }

    func eventPlace() throws(EventBridgeError) -> RuleBook.Place {
        RuleBook.Place(account: try eventAccount(), region: region)
    }

    /// Refuses every bus but the default one of the caller's account and Region.
    func requireDefaultBus(_ name: String?) throws(EventBridgeError) {
        guard let name, name != EventBus.name else { return }
        guard name == EventBus.arn(of: try eventPlace()) else { throw .busNotFound(name) }
    }

    /// The rule that a request names, on the default bus.
    func rule(_ name: String, bus: String?) throws(EventBridgeError) -> RuleLocator {
        try requireDefaultBus(bus)
        return RuleLocator(account: try eventAccount(), region: region, name: name)
    }
}

/// The one bus that an account has in a Region.
enum EventBus {
    static let name = "default"

    static func arn(of place: RuleBook.Place) -> String {
        "arn:aws:events:\(place.region):\(place.account):event-bus/default"
    }
}

extension Input {
    /// The tags of a request's list.
    ///
    /// - Throws: a sentence for tags that are given twice, too many, or reserved.
    func resourceTags(_ name: String) throws(TagFault) -> [ResourceTag] {
        let tags = (structures(name) ?? []).map {
            ResourceTag(key: $0.requiredString("Key"), value: $0.requiredString("Value"))
        }
        guard Set(tags.map(\.key)).count == tags.count else { throw .duplicateKeys }
        guard tags.count <= ResourceTag.perResourceMax else { throw .tooMany }
        guard !tags.contains(where: { $0.key.lowercased().hasPrefix("aws:") }) else { throw .reservedPrefix }
        return tags
    }

    func eventTags(_ name: String) throws(EventBridgeError) -> [ResourceTag] {
        do throws(TagFault) {
            return try resourceTags(name)
        } catch {
            throw .validation(error.sentence)
        }
    }
}

/// What is wrong with the tags of a request.
enum TagFault: Error, Hashable {
    case duplicateKeys
    case tooMany
    case reservedPrefix

    var sentence: String {
        switch self {
        case .duplicateKeys: "Duplicate tag keys found in the request."
        case .tooMany: "A resource can have at most \(ResourceTag.perResourceMax) tags."
        case .reservedPrefix: "Tag keys that begin with aws: are reserved."
        }
    }
}

extension ResolvedRule {
    /// The permission for an action on this rule.
    func requirement(
        _ action: String,
        own: @escaping @Sendable (ConditionKey) -> ConditionValues? = { _ in nil }
    ) -> Requirement {
        let tags = rule?.tags ?? []
        return Requirement(
            action,
            on: ProtectedResource(
                arn: locator.arn,
                account: locator.account,
                type: RuleLocator.resourceType
            ),
            conditions: OwnConditions { own($0) ?? tags.resourceCondition($0) }
        )
    }
}

extension Requirement {
    /// The permission for an action on the bus itself.
    static func bus(
        _ action: String,
        of place: RuleBook.Place,
        own: @escaping @Sendable (ConditionKey) -> ConditionValues? = { _ in nil }
    ) -> Requirement {
        Requirement(
            action,
            on: ProtectedResource(
                arn: EventBus.arn(of: place),
                account: place.account,
                type: "AWS::Events::EventBus"
            ),
            conditions: OwnConditions(own)
        )
    }

    /// The permission for an action on no resource of its own.
    static func events(_ action: String, in account: AccountID) -> Requirement {
        Requirement(action, on: .any(in: account), conditions: NoConditions())
    }
}

/// One page of a list of EventBridge.
package struct EventPage<Element: Sendable>: Sendable {
    let elements: [Element]
    let nextToken: String?
}

extension EventBridgeService {
    /// The name after which a list goes on.
    func position(of token: String?, in list: String, for call: Call) throws(EventBridgeError) -> String? {
        guard let token else { return nil }
        guard let position = ListMarker(keyring: keyring, list: list, call: call).position(of: token) else {
            throw .validation("The NextToken is not valid.")
        }
        return position
    }

    /// Cuts a page from elements of which one more than the limit was fetched, if there was one.
    func page<Element: Sendable>(
        _ elements: [Element],
        limit: Int,
        of list: String,
        for call: Call,
        position: (Element) -> String
    ) throws(EventBridgeError) -> EventPage<Element> {
        guard elements.count > limit, let last = elements.prefix(limit).last else {
            return EventPage(elements: elements, nextToken: nil)
        }
        do throws(CryptographyError) {
            let token = try ListMarker(keyring: keyring, list: list, call: call).token(after: position(last))
            return EventPage(elements: Array(elements.prefix(limit)), nextToken: token)
        } catch {
            throw .internalFailure
        }
    }
}
